import assert from "node:assert/strict";
import { test } from "node:test";
import { CEILING_MARGIN, fasterThanCeiling } from "./speed_limit.ts";

/** 50 MFLOP at 10 GFLOP/s: 5 ms an epoch. */
const LIMIT = { flopPerEpoch: 50e6, flopPerSecond: 10e9 };
const leastNs = 5e6 / CEILING_MARGIN;

test("samples at the ceiling, and up to the margin above it, are possible", () => {
  assert.equal(fasterThanCeiling([5e6, 6e6], 1, LIMIT), undefined);
  assert.equal(fasterThanCeiling([leastNs * 1.01], 1, LIMIT), undefined);
  assert.equal(fasterThanCeiling([10 * leastNs * 1.01], 10, LIMIT), undefined);
});

test("one sample beyond the margin is enough, and the reason has the figures", () => {
  assert.deepEqual(fasterThanCeiling([9e6, 1e6, 9e6], 1, LIMIT), {
    kind: "faster-than-ceiling",
    flopPerEpoch: 50e6,
    fastestNs: 1e6,
    ceilingFlopPerSecond: 10e9,
    margin: CEILING_MARGIN,
  });
  assert.ok(fasterThanCeiling([10 * leastNs * 0.99], 10, LIMIT));
});

test("samples too short for the clock prove nothing", () => {
  assert.equal(fasterThanCeiling([0, 0], 1, LIMIT), undefined);
  assert.equal(fasterThanCeiling([0, 6e6], 1, LIMIT), undefined);
  assert.equal(fasterThanCeiling([], 1, LIMIT), undefined);
});
