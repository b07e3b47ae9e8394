import assert from "node:assert/strict";
import test from "node:test";
import { medianSequence } from "./confidence_sequence.ts";

const OPEN = [-Infinity, Infinity];

test("nothing is excluded until seven values at α = 5 %, then what lies beyond all of them", () => {
  assert.deepEqual(medianSequence([], 0.05), OPEN);
  assert.deepEqual(medianSequence([3, 1, 2, 6, 5, 4], 0.05), OPEN);
  assert.deepEqual(medianSequence([3, 1, 2, 6, 5, 4, 7], 0.05), [1, 7]);
  assert.deepEqual(medianSequence([3, 1, 2, 6, 5, 4, 7], 0.05 / 100), OPEN);
});

test("a wild value moves no limit, unlike a mean", () => {
  const values = Array.from({ length: 30 }, (_, i) => i);
  const [low, high] = medianSequence(values, 0.05);
  assert.ok(low > 0 && low < 10 && high === 29 - low, `${low} to ${high}`);
  assert.deepEqual(medianSequence([...values.slice(0, 29), 1e9], 0.05), [low, high]);
});

test("a smaller α gives a wider interval, more values a narrower one", () => {
  const width = (n: number, alpha: number) => {
    const [low, high] = medianSequence(Array.from({ length: n }, (_, i) => i / n), alpha);
    return high - low;
  };
  assert.ok(width(50, 0.001) > width(50, 0.05));
  assert.ok(width(400, 0.05) < width(50, 0.05));
});

test("where all values are equal to the median it is never excluded", () => {
  for (let n = 1; n < 200; n++) {
    const [low, high] = medianSequence(Array(n).fill(0.25), 0.05);
    assert.ok(low <= 0.25 && 0.25 <= high);
  }
});
