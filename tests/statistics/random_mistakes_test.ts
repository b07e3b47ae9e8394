/** scripts/diagnose_random_mistakes.ts counts more of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { score } from "../support/mistake_scores.ts";

/** So many networks with one, two and three mistakes, and those that were misjudged before. */
const CASES: readonly [count: number, seeds: number, others: readonly number[]][] = [
  [1, 20, [40028]],
  [2, 10, []],
  [3, 5, []],
];

for (const [count, seeds, others] of CASES) {
  test(`networks with ${count} random mistakes: all are named, and nothing else`, async () => {
    for (const seed of [...Array.from({ length: seeds }, (_, i) => i + 1), ...others]) {
      const { exactly, told } = await score(seed, count);
      assert.ok(exactly, told);
    }
  });
}
