import assert from "node:assert/strict";
import test from "node:test";
import { randomRows } from "../../../tests/support/examined.ts";
import { LEARNER_NETWORKS, learnerCases } from "../../../tests/support/learner_cases.ts";
import { learned, type Matrix } from "../../../tests/support/learner_programs.ts";

// tests/statistics/learner_mistakes_test.ts has them in other networks.
for (const { title, expected, found } of learnerCases(LEARNER_NETWORKS[1])) {
  test(title, async () => assert.deepEqual(await found(), expected));
}

test("a program that computes with weights of its own is told so", async () => {
  const problem = {
    network: LEARNER_NETWORKS[0],
    dataset: randomRows(1, 20, 3),
    maxBatchSize: 10,
    threads: 1,
  };
  const own = (w: Matrix) => w.map((row, o) => row.map((_, i) => Math.sin(3 * o + i)));
  const found = await learned({
    weights: own,
    sum: (w, a) => w.reduce((sum, one, i) => sum + one * a[i], 0),
  }, problem);
  assert.deepEqual(found, ["non-deterministic"]);
});
