import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { blockScatter } from "./block_scatter.ts";
import { jointDeviations } from "./joint_deviations.ts";
import { pool } from "./moderate.ts";
import type { TrialSamples } from "./trial_samples.ts";

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

/** Cells of so many series on so many nodes; `common` and `own` are deviations of the series and of the cell there. */
function cellsOf(series: number, sizes: number, nodes: number, common: number, own: number) {
  const random = randomFrom(series * 100 + sizes, `joint ${common} ${own}`);
  const shared = Array.from(
    { length: series },
    () => Array.from({ length: nodes }, () => common * random.normal()),
  );
  const names = Array.from({ length: series * sizes }, (_, i) => i % series);
  const cells = names.map((name) =>
    shared[name].map((log, node): TrialSamples => ({
      round: node + 1,
      node: `n${node}`,
      trials: 3,
      sorted: Float64Array.of(Math.exp(log + own * random.normal())),
    }))
  );
  return { cells, names };
}

for (const [series, sizes] of [[2, 4], [4, 3], [6, 1]]) {
  test(`variances are right where cells of a series deviate together: ${series} series of ${sizes}`, () => {
    const { cells, names } = cellsOf(series, sizes, 400, 0.03, 0.01);
    const { spreads, correlation } = blockScatter(cells, names);
    near(pool(spreads).variance, 0.03 ** 2 + 0.01 ** 2, 0.00015);
    if (sizes > 1) near(correlation, 0.9, 0.03);
    else assert.equal(correlation, 0);
  });
}

test("cells that deviate on their own keep their degrees of freedom, those that deviate alike share them", () => {
  const degrees = (common: number, own: number) => {
    const { cells, names } = cellsOf(4, 4, 50, common, own);
    return blockScatter(cells, names).degrees;
  };
  // 39 of each cell, because a tenth of the nodes is trimmed at each end.
  near(degrees(0, 0.02), 15 * 39, 60);
  near(degrees(0.02, 1e-6), 3 * 39, 1);
});

test("a single series has nothing to deviate from", () => {
  const { cells, names } = cellsOf(1, 4, 20, 0.03, 0.01);
  assert.equal(blockScatter(cells, names).correlation, 0);
  assert.deepEqual(jointDeviations([], []), { correlation: 0, variance: 1, degrees: [] });
});
