/** scripts/diagnose_random_mistakes.ts counts more of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { score } from "../support/mistake_scores.ts";

for (const [count, seeds] of [[1, 20], [2, 10], [3, 5]] as const) {
  test(`${seeds} networks with ${count} random mistakes: all are named, and nothing else`, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const { exactly, told } = await score(seed, count);
      assert.ok(exactly, told);
    }
  });
}
