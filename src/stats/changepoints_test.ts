import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../base/random.ts";
import { changepoints } from "./changepoints.ts";

/** The least cost of all segmentations, by trying them all. */
function bestByTrial(values: readonly number[], penalty: number, least: number): number {
  const squares = (part: readonly number[]) => {
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const from = (start: number): number => {
    let best = squares(values.slice(start));
    for (let next = start + least; next <= values.length - least; next++) {
      best = Math.min(best, squares(values.slice(start, next)) + penalty + from(next));
    }
    return best;
  };
  return from(0);
}

function costOf(values: readonly number[], changes: readonly number[], penalty: number): number {
  const starts = [0, ...changes];
  return starts.reduce((sum, start, k) => {
    const part = values.slice(start, starts[k + 1]);
    const mean = part.reduce((total, value) => total + value, 0) / part.length;
    return sum + part.reduce((total, value) => total + (value - mean) ** 2, 0);
  }, penalty * changes.length);
}

test("the segmentation found is the best of all", () => {
  const random = randomFrom(1, "changepoints");
  for (let i = 0; i < 50; i++) {
    const values = Array.from(
      { length: 12 },
      (_, k) => random.normal() + (k >= 4 ? 2 : 0) - (k >= 8 ? 3 : 0),
    );
    for (const penalty of [0.5, 3]) {
      const changes = changepoints(values, penalty, 2);
      const cost = costOf(values, changes, penalty);
      assert.ok(Math.abs(cost - bestByTrial(values, penalty, 2)) < 1e-9);
      const ends = [...changes, values.length];
      assert.ok(ends.every((end, k) => end - (k === 0 ? 0 : ends[k - 1]) >= 2));
    }
  }
});

test("planted changes are found where they are", () => {
  const level = (i: number) => i < 30 ? 0 : i < 70 ? 5 : -5;
  const random = randomFrom(2, "levels");
  const values = Array.from({ length: 100 }, (_, i) => level(i) + 0.5 * random.normal());
  assert.deepEqual(changepoints(values, 20, 3), [30, 70]);
});

test("nothing changes in values too few for two segments, or in equal ones", () => {
  assert.deepEqual(changepoints([1, 9, 1, 9, 9], 0, 3), []);
  assert.deepEqual(changepoints([], 1, 3), []);
  assert.deepEqual(changepoints(Array(50).fill(7), 1, 3), []);
});
