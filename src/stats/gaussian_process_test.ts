import assert from "node:assert/strict";
import { test } from "node:test";
import { gaussianProcess } from "./gaussian_process.ts";

const SMOOTH = { amplitude: 0.5, lengths: [1, 2] };
const seen = (x: number, y: number, value: number, variance = 1e-8) => ({
  at: [x, y],
  value,
  variance,
});

test("at what was seen without noise it is the value, and certain", () => {
  const process = gaussianProcess([seen(0, 0, 0.3), seen(1, 0, -0.2), seen(0, 2, 0.1)], SMOOTH);
  const { mean, variance } = process([1, 0]);
  assert.ok(Math.abs(mean + 0.2) < 1e-3);
  assert.ok(variance < 1e-4);
});

test("far from everything seen it is 0, as uncertain as the amplitude says", () => {
  const { mean, variance } = gaussianProcess([seen(0, 0, 0.3)], SMOOTH)([20, 0]);
  assert.ok(Math.abs(mean) < 1e-9);
  assert.ok(Math.abs(variance - 0.25) < 1e-9);
});

test("with noise as large as the amplitude, one value counts half: the textbook's shrinkage", () => {
  const { mean, variance } = gaussianProcess([seen(0, 0, 0.4, 0.25)], SMOOTH)([0, 0]);
  assert.ok(Math.abs(mean - 0.2) < 1e-12);
  assert.ok(Math.abs(variance - 0.125) < 1e-12);
});

test("a value that was seen twice is no harder to follow", () => {
  const { mean } = gaussianProcess([seen(0, 0, 0.3), seen(0, 0, 0.3)], SMOOTH)([0, 0]);
  assert.ok(Math.abs(mean - 0.3) < 1e-3);
});

test("a longer length carries a value farther along its coordinate", () => {
  const process = gaussianProcess([seen(0, 0, 0.4)], SMOOTH);
  assert.ok(process([0, 1]).mean > process([1, 0]).mean);
});
