import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeTrial } from "../../tests/support/trials.ts";
import type { Refusal } from "../format/comparison.ts";
import { refusalText, refusedTexts } from "./refusal_words.ts";

test("each refusal says which side lacks what", () => {
  const expected: [Refusal, string][] = [
    [{ kind: "only-in", side: "a" }, "only in A"],
    [
      { kind: "only-in", side: "b", nearest: { field: "batchSize", value: "10" } },
      "only in B; A has it with B = 10",
    ],
    [
      { kind: "wrong", fault: { kind: "failed", reasons: because("it hung") } },
      "failed in B, right in A: train: it hung",
    ],
    [
      { kind: "wrong", fault: { kind: "wrong-gradient" } },
      "its gradient is wrong in B, right in A",
    ],
    [{ kind: "faulty-before", fault: { kind: "wrong-gradient" } }, "its gradient is wrong in A"],
    [{ kind: "skipped", side: "b" }, "skipped in B"],
    [{ kind: "devices", a: { name: "a GPU" } }, "a GPU computed in A, the processor in B"],
    [
      { kind: "few-trials", sides: ["a", "b"], needed: 2 },
      "a single trial in A and in B: it takes 2 to see how much processes differ",
    ],
    [{ kind: "few-rounds", rounds: 1, needed: 2 }, "1 round in common: it takes 2"],
  ];
  for (const [reason, text] of expected) assert.equal(refusalText(reason), text);
});

test("different failures of one implementation are not told as one", () => {
  const refused = ["it hung", "it died"].map((reason, i) => ({
    cell: makeTrial({ cell: { examples: 1000 * (i + 1) } }).cell,
    reason: {
      kind: "wrong" as const,
      fault: { kind: "failed" as const, reasons: because(reason) },
    },
  }));
  assert.deepEqual(refusedTexts(refused).map(({ isWrong }) => isWrong), [true, true]);
});
