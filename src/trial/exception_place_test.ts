import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { withFolder } from "../../tests/support/cli.ts";
import { exceptionIn } from "./exception_place.ts";

const CODE = `const check = (n) => {
  if (n > 0) throw new TypeError("no such layer");
};
export const run = (n) => check(n);
export const wrapped = (n) => {
  try {
    check(n);
  } catch (cause) {
    throw new Error("from outside", { cause });
  }
};
`;

test("an exception of a plug-in has the top frame of its stack: file, line and what stands there", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "mine.mjs");
    writeFileSync(path, CODE);
    const { run } = await import(pathToFileURL(path).href);
    const place = {
      file: path,
      line: 2,
      source: 'if (n > 0) throw new TypeError("no such layer");',
    };
    try {
      run(1);
      assert.fail("it throws");
    } catch (thrown) {
      const expected = { kind: "exception", message: "no such layer", ...place };
      assert.deepEqual(exceptionIn(path, thrown), expected);
      // What Slope says of an import that failed has the exception as its cause.
      const told = new Error("Cannot load it", { cause: thrown });
      assert.deepEqual(exceptionIn(path, told), { ...expected, message: "Cannot load it" });
    }
  });
});

test("an error without a frame in the plug-in has no place", () => {
  assert.equal(exceptionIn("/nowhere/mine.mjs", new Error("of Slope")), undefined);
  assert.equal(exceptionIn("/nowhere/mine.mjs", "a string"), undefined);
});
