import assert from "node:assert/strict";
import test from "node:test";
import { logTime, trimmedMean } from "./log_time.ts";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);

test("of fewer than ten values the mean counts, with its usual standard error", () => {
  const { value, standardError, degrees } = trimmedMean([1, 2, 3, 6]);
  near(value, 3);
  near(standardError, Math.sqrt((4 + 1 + 0 + 9) / 3 / 4));
  assert.equal(degrees, 3);
});

test("of ten values the smallest and the greatest do not count, and the error is Yuen's", () => {
  const { value, standardError, degrees } = trimmedMean([0, 1, 2, 3, 4, 5, 6, 7, 8, 1000]);
  near(value, 4.5);
  // Winsorised: 1 1 2 3 4 5 6 7 8 8, whose deviation is √(66.5 / 9); over 0.8 √10.
  near(standardError, Math.sqrt(66.5 / 9) / (0.8 * Math.sqrt(10)));
  assert.equal(degrees, 7);
});

test("a single value has no error, equal ones have none either", () => {
  assert.deepEqual(trimmedMean([3]), { value: 3, standardError: 0, degrees: 1 });
  assert.deepEqual(trimmedMean([2, 2, 2]), { value: 2, standardError: 0, degrees: 2 });
});

test("trials are the unit: more samples in each do not make a cell better known", () => {
  const trials = (samples: number) =>
    [100, 110, 120].map((level, round) => ({
      round,
      sorted: Float64Array.from({ length: samples }, (_, i) => level + i % 3 - 1).sort(),
    }));
  assert.deepEqual(logTime(trials(9)), logTime(trials(900)));
  near(logTime(trials(9)).value, Math.log(100 * 110 * 120) / 3);
});

test("of a single trial the samples must do", () => {
  const { value, standardError } = logTime([{ round: 1, sorted: Float64Array.of(1, Math.E ** 2) }]);
  near(value, 1);
  near(standardError, 1);
});
