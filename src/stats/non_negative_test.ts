import assert from "node:assert/strict";
import { test } from "node:test";
import { nonNegativeFit } from "./non_negative.ts";

test("a law without noise comes back, in whatever units its counts are", () => {
  const rows = [1, 2, 3, 5, 8].map((x) => [1, x * 1e6, x * x * 1e-3]);
  const b = rows.map(([one, x, square]) => 2 * one + 3e-6 * x + 500 * square);
  const found = nonNegativeFit(rows, b);
  [2, 3e-6, 500].forEach((value, k) =>
    assert.ok(Math.abs(found[k] / value - 1) < 1e-3, `${found}`)
  );
});

test("what would be negative is 0, and the others fit without it", () => {
  const rows = [[1, 1], [1, 2], [1, 3]];
  const found = nonNegativeFit(rows, [3, 2, 1]); // the line falls
  assert.equal(found[1], 0);
  assert.ok(Math.abs(found[0] - 2) < 1e-9);
});

test("columns that depend on each other share their part, and fit all the same", () => {
  const rows = [1, 2, 4].map((x) => [x, 2 * x, 0]);
  const found = nonNegativeFit(rows, [5, 10, 20]);
  assert.ok(Math.abs(found[0] + 2 * found[1] - 5) < 1e-6);
  assert.equal(found[2], 0);
});
