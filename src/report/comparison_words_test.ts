import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeTrial } from "../../tests/support/trials.ts";
import type { Refusal } from "../format/comparison.ts";
import { doubtText, refusalText, refusedTexts } from "./comparison_words.ts";

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

test("a doubt names the figures that it rests on", () => {
  assert.equal(
    doubtText({ kind: "few-trials", trials: 3, comparisons: 56, needed: 6 }),
    "too few trials: 3 on a side, and 56 comparisons take 6",
  );
  assert.equal(
    doubtText({ kind: "many-comparisons", comparisons: 56 }),
    "significant alone, not after correcting for 56 comparisons",
  );
});

test("a known difference that may lie below the threshold is told with its size", () => {
  assert.equal(
    doubtText({ kind: "across-threshold", direction: "slower" }, [1.024, 1.052], 0.03),
    "slower by 2.4 to 5.2 %, perhaps below the 3.0 % threshold",
  );
  assert.equal(
    doubtText({ kind: "across-threshold", direction: "faster" }, [0.95, 0.98], 0.03),
    "faster by 2.0 to 5.0 %, perhaps below the 3.0 % threshold",
  );
});
