import assert from "node:assert/strict";
import test from "node:test";
import type { TrialSamples } from "./trial_samples.ts";
import { speedup } from "./speedup.ts";

const trial = (round: number, level: number): TrialSamples => ({
  round,
  sorted: Float64Array.from({ length: 9 }, (_, i) => level * (1 + 0.001 * (i - 4))),
});
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);

test("twice as fast is a speedup of 2, within its interval", () => {
  const { value, low, high, confidence } = speedup(
    [trial(1, 200), trial(2, 204), trial(3, 198)],
    [trial(1, 100), trial(2, 101), trial(3, 100)],
  );
  near(value, (2 * 204 / 101 * 1.98) ** (1 / 3));
  assert.ok(low < 2 && 2 < high && high - low < 0.2, `${low} to ${high}`);
  assert.equal(confidence, 0.95);
});

test("a machine that slows down for one round does not widen the interval", () => {
  const drifting = [trial(1, 200), trial(2, 300), trial(3, 250)];
  const paired = speedup(drifting, [trial(1, 100), trial(2, 151), trial(3, 125)]);
  assert.ok(paired.high - paired.low < 0.05, `${paired.low} to ${paired.high}`);
  const unpaired = speedup(drifting, [trial(4, 100), trial(5, 151), trial(6, 125)]);
  assert.ok(unpaired.high - unpaired.low > 0.5, `${unpaired.low} to ${unpaired.high}`);
});

test("rounds that only one of them has are left out", () => {
  near(speedup([trial(1, 200), trial(2, 9000)], [trial(1, 100)]).value, 2);
});

test("the baseline against itself is exactly 1", () => {
  const own = [trial(1, 100), trial(2, 150)];
  assert.deepEqual(speedup(own, own), { value: 1, low: 1, high: 1, confidence: 0.95 });
});
