import assert from "node:assert/strict";
import test from "node:test";
import {
  linearRegression,
  mean,
  median,
  medianAbsoluteDeviation,
  quantile,
  studentQuantile,
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
