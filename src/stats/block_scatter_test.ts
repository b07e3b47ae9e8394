import assert from "node:assert/strict";
import test from "node:test";
import { blockScatter } from "./block_scatter.ts";

const trials = (...ns: (number | undefined)[]) =>
  ns.flatMap((one, i) => one === undefined ? [] : [{ round: i + 1, sorted: Float64Array.of(one) }]);
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

test("the pace of a round is no scatter, also where cells lack rounds", () => {
  const pace = [1, 1.7, 0.6];
  const cells = [
    trials(...pace.map((one) => 100 * one)),
    trials(...pace.map((one) => 20 * one)),
    trials(5 * pace[0], undefined, 5 * pace[2]),
  ];
  for (const { variance } of blockScatter(cells).spreads) near(variance, 0, 1e-6);
});

test("of two cells the variances add up to that of their differences", () => {
  const logs = [0.1, -0.2, 0.4];
  const cells = [trials(1, 1, 1), trials(...logs.map(Math.exp))];
  const { spreads, degrees } = blockScatter(cells);
  // The mean is 0.1; squares 0, 0.09 and 0.09; over n − 1 = 2.
  near(spreads[0].variance + spreads[1].variance, 0.09);
  assert.equal(degrees, 2);
});

test("many cells tell which of them scatters", () => {
  const calm = Array.from({ length: 10 }, () => trials(1, 1, 1));
  const { spreads, gaps } = blockScatter([...calm, trials(1, 1, 2)]);
  assert.ok(spreads[10].variance > 50 * spreads[0].variance);
  assert.ok(gaps[10] > 0.6 && gaps[0] < 0.1);
});

test("a cell that is alone in its rounds shows no scatter", () => {
  const { spreads } = blockScatter([trials(1, 2), trials(undefined, undefined, 1, 1)]);
  assert.deepEqual(spreads.map(({ degrees }) => degrees), [0, 0]);
});
