import assert from "node:assert/strict";
import test from "node:test";
import { ratiosOfGroups } from "./group_ratios.ts";
import { intervalOf, type Pair, shareLuck } from "./ratio.ts";

const trials = (epochNs: readonly number[]) =>
  epochNs.map((ns, i) => ({ round: i + 1, sorted: Float64Array.of(ns) }));
const cell = (a: number[], b: number[], kernel = "k"): Pair => ({
  a: trials(a),
  b: trials(b),
  kernel,
});
const width = (cells: Pair[], i = 0) => {
  const [low, high] = intervalOf(ratiosOfGroups(cells, 0.95)[i], 0.95);
  return Math.log(high / low);
};

test("of one cell alone, the interval is Student's t on the logarithms", () => {
  const e = (values: number[]) => values.map(Math.exp);
  const [ratio] = ratiosOfGroups([cell(e([-0.01, 0, 0.01]), e([0.09, 0.1, 0.11]))], 0.95);
  assert.ok(Math.abs(ratio.logRatio - 0.1) < 1e-12);
  // s = 0.01, √(1/3 + 1/3) and t of 4 degrees at 97.5 %: 2.776445.
  const half = 2.776445 * 0.01 * Math.sqrt(2 / 3);
  const [low, high] = intervalOf(ratio, 0.95);
  assert.ok(Math.abs(Math.log(low) - (0.1 - half)) < 1e-7, `${Math.log(low)}`);
  assert.ok(Math.abs(Math.log(high) - (0.1 + half)) < 1e-7);
});

test("a cell that looks calm is as wide as its kernel, which has seen the other pace", () => {
  const calm = cell([100, 100.1, 99.9], [128, 128.1, 127.9], "two paces");
  const seen = cell([100, 128, 100], [128, 100, 128], "two paces");
  const others = [1, 2, 3].map((i) => cell([100, 101, 99], [100, 101, 99], `calm ${i}`));
  const alone = width([calm, ...others]);
  const together = width([calm, seen, ...others]);
  assert.ok(together > 5 * alone, `${alone} ${together}`);
  // The other kernels stay as they are.
  assert.ok(width([calm, seen, ...others], 4) < together / 3);
});

test("a cell that looks calm borrows the scatter of the others", () => {
  const still = cell([100, 100.001, 99.999], [100, 100.001, 99.999], "still");
  const others = [1, 2, 3].map((i) => cell([100, 105, 95], [100, 105, 95], `k${i}`));
  assert.ok(width([still, ...others]) > 20 * width([still]));
});

test("luck must set apart all trials of the cells of a kernel that moved together", () => {
  const moved = cell([100, 101, 102], [130, 131, 132]);
  const mixed = cell([100, 101, 140], [130, 131, 132]);
  const back = cell([130, 131, 132], [100, 101, 102]);
  const foreign = cell([100, 101, 102], [130, 131, 132], "other");
  const counts = ratiosOfGroups([moved, moved, mixed, back, foreign], 0.95)
    .map(({ trials: [a, b] }) => [a, b]);
  assert.deepEqual(counts, [[6, 6], [6, 6], [3, 3], [3, 3], [3, 3]]);
});

test("a single trial stays one, however many cells moved with it", () => {
  const [ratio] = ratiosOfGroups([cell([100, 101], [130, 131])], 0.95);
  const shared = shareLuck(
    [{ ...ratio, trials: [1, 1] }, ratio],
    [{ kernel: "k" }, { kernel: "k" }],
    [1, 1],
  );
  assert.deepEqual(shared.map(({ trials }) => trials), [[1, 1], [3, 3]]);
});
