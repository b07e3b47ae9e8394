import assert from "node:assert/strict";
import test from "node:test";
import {
  betaTail,
  linearRegression,
  logBeta,
  mean,
  median,
  medianAbsoluteDeviation,
  quantile,
  studentQuantile,
  studentTail,
  wilsonInterval,
} from "./statistics.ts";

const near = (actual: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

test("the median of an even number of values is between the middle two", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
  assert.throws(() => median([]));
});

test("median and quantile leave their argument as it is", () => {
  const values = [3, 1, 2];
  median(values);
  quantile(values, 0.25);
  medianAbsoluteDeviation(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test("quantiles are NumPy's", () => {
  // np.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.1, 0.25, 0.9, 1])
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  [[0, 1], [0.1, 1], [0.25, 1.75], [0.9, 6.9], [1, 9]].forEach(([p, expected]) =>
    near(quantile(values, p), expected)
  );
});

test("the median absolute deviation is not scaled and ignores one wild value", () => {
  assert.equal(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
  assert.equal(medianAbsoluteDeviation([10, 11, 12, 13, 1e9]), 1);
  near(mean([1, 2, 4]), 7 / 3);
});

test("a line is found through its points, and between them", () => {
  const through = linearRegression([0, 1, 2], [1, 3, 5]);
  near(through.slope, 2);
  near(through.intercept, 1);
  const between = linearRegression([0, 1, 2, 3], [0, 1, 2, 4]);
  near(between.slope, 1.3);
  near(between.intercept, -0.2);
});

test("a line through one place is refused", () => {
  assert.throws(() => linearRegression([2, 2], [1, 3]), /1 different x, expected at least 2/);
  assert.throws(() => linearRegression([1, 2], [1]), /2 x, 1 y/);
});

test("quantiles of Student's t are those of the tables", () => {
  // Abramowitz and Stegun, table 26.10: 0.975 and 0.995
  const table: [number, number, number][] = [
    [1, 12.706, 63.657],
    [2, 4.303, 9.925],
    [3, 3.182, 5.841],
    [4, 2.776, 4.604],
    [5, 2.571, 4.032],
    [10, 2.228, 3.169],
    [30, 2.042, 2.750],
    [120, 1.980, 2.617],
  ];
  for (const [degrees, p975, p995] of table) {
    near(studentQuantile(0.975, degrees), p975, 6e-4);
    near(studentQuantile(0.995, degrees), p995, 6e-4);
    near(studentQuantile(0.025, degrees), -p975, 6e-4);
  }
  near(studentQuantile(0.5, 3), 0, 1e-9);
  assert.throws(() => studentQuantile(0.9, 0), RangeError);
  assert.throws(() => studentQuantile(1, 5), RangeError);
});

test("tails of the Beta distribution are the sums of binomial probabilities that they equal", () => {
  // P(Beta(k, n − k + 1) > x) = P(Binomial(n, x) < k)
  const choose = (n: number, k: number): number => k === 0 ? 1 : choose(n - 1, k - 1) * n / k;
  for (const [n, k, x] of [[1, 1, 0.3], [7, 2, 0.5], [20, 19, 0.5], [40, 3, 0.2], [40, 39, 0.05]]) {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += choose(n, j) * x ** j * (1 - x) ** (n - j);
    near(betaTail(x, k, n - k + 1) / sum, 1, 1e-11);
    near(betaTail(x, n - k + 1, k), 1 - betaTail(1 - x, k, n - k + 1), 1e-11);
  }
  near(betaTail(0.5, 1, 200), 2 ** -200, 1e-70); // far out, where 1 − p would be 0
  assert.deepEqual([betaTail(0, 2, 3), betaTail(1, 2, 3)], [1, 0]);
  assert.throws(() => betaTail(0.5, 0, 1), RangeError);
  near(logBeta(0.5, 0.5), Math.log(Math.PI));
  near(logBeta(3, 4), Math.log(1 / 60));
});

test("Student's t has broken degrees of freedom, too, and tails that match its quantiles", () => {
  // With 2 degrees: P(T > t) = (1 − t / √(2 + t²)) / 2; with 1: Cauchy's.
  near(studentTail(3, 2), (1 - 3 / Math.sqrt(11)) / 2, 1e-13);
  near(studentTail(-3, 2), (1 + 3 / Math.sqrt(11)) / 2, 1e-13);
  near(studentTail(5, 1), 0.5 - Math.atan(5) / Math.PI, 1e-13);
  near(studentTail(0, 2.7), 0.5);
  assert.deepEqual([studentTail(Infinity, 3), studentTail(-Infinity, 3)], [0, 1]);
  for (const degrees of [0.8, 2.5, 17.3]) {
    for (const p of [0.2, 0.6, 0.975, 0.9999]) {
      near(studentTail(studentQuantile(p, degrees), degrees), 1 - p, 1e-12);
    }
  }
  const between = studentQuantile(0.975, 2.5);
  assert.ok(between < studentQuantile(0.975, 2) && between > studentQuantile(0.975, 3));
  assert.throws(() => studentTail(1, 0), RangeError);
});

test("Wilson's interval of 10 in 100 is that of the textbooks, and no share is too extreme for it", () => {
  const [low, high] = wilsonInterval(0.1, 100);
  assert.ok(Math.abs(low - 0.0552) < 1e-4 && Math.abs(high - 0.1744) < 1e-4, `${low} to ${high}`);
  assert.ok(Math.abs(wilsonInterval(0, 10)[0]) < 1e-12);
  assert.ok(wilsonInterval(0, 10)[1] > 0.2 && wilsonInterval(1, 10)[0] < 0.8);
});
