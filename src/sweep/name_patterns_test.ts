import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../base/errors.ts";
import { leavesOut, namesMatching } from "./name_patterns.ts";

const KNOWN = ["naive_loop", "wasm_simd", "wasm_sparse", "mine", "a.b"];
const USUAL = ["naive_loop", "wasm_simd", "wasm_sparse"];

for (
  const [items, expected] of [
    ["mine,naive_loop", "mine,naive_loop"],
    ["wasm_*", "wasm_simd,wasm_sparse"],
    ["wasm_*,!wasm_simd", "wasm_sparse"],
    ["!naive_loop", "wasm_simd,wasm_sparse"],
    ["wasm_sparse,wasm_*", "wasm_sparse,wasm_simd"],
    ["*", KNOWN.join()],
    ["!wasm_*,mine", "mine"],
    ["a.b", "a.b"],
  ] as const
) {
  test(`${items} stands for ${expected}`, () => {
    assert.equal(namesMatching(items.split(","), KNOWN, USUAL).join(), expected);
  });
}

for (const item of ["wsam_simd", "!naive_lop", "gpu*", "a?b"]) {
  test(`${item}, which fits no name, is refused`, () => {
    assert.throws(() => namesMatching([item], KNOWN, USUAL), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /Cannot find implementation/);
      return true;
    });
  });
}

test("the nearest name is suggested", () => {
  assert.throws(() => namesMatching(["!naive_lop"], KNOWN, USUAL), /did you mean "naive_loop"\?/);
});

test("an empty list stands for nothing", () => {
  assert.deepEqual(namesMatching([], KNOWN, USUAL), []);
});

test("a name that an item leaves out is not added again", () => {
  assert.ok(leavesOut(["mine", "!m*"], "mine"));
  assert.ok(!leavesOut(["mine"], "mine"));
});
