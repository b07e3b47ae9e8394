import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import type { TrialSamples } from "./bootstrap.ts";
import { speedup } from "./speedup.ts";

const random = () => randomFrom(1, "speedup");
const trial = (round: number, level: number): TrialSamples => ({
  round,
  sorted: Float64Array.from({ length: 9 }, (_, i) => level * (1 + 0.001 * (i - 4))),
});

test("twice as fast is a speedup of 2, within its interval", () => {
  const { value, low, high, confidence } = speedup(
    [trial(1, 200), trial(2, 202), trial(3, 198)],
    [trial(1, 100), trial(2, 101), trial(3, 99)],
    random(),
  );
  assert.equal(value, 2);
  assert.ok(low <= 2 && 2 <= high && high - low < 0.1);
  assert.equal(confidence, 0.95);
});

test("a machine that slows down for one round does not widen the interval", () => {
  const drifting = [trial(1, 200), trial(2, 300), trial(3, 250)];
  const paired = speedup(
    drifting,
    drifting.map(({ round, sorted }) => ({
      round,
      sorted: sorted.map((ns) => ns / 2),
    })),
    random(),
  );
  assert.ok(paired.high - paired.low < 0.05, `${paired.low} to ${paired.high}`);
  const unpaired = speedup(
    drifting,
    [trial(4, 100), trial(5, 150), trial(6, 125)],
    random(),
  );
  assert.ok(unpaired.high - unpaired.low > 0.5, `${unpaired.low} to ${unpaired.high}`);
});

test("rounds that only one of them has are left out", () => {
  const both = speedup([trial(1, 200), trial(2, 9000)], [trial(1, 100)], random());
  assert.equal(both.value, 2);
});

test("the baseline against itself is exactly 1", () => {
  const own = [trial(1, 100), trial(2, 150)];
  assert.deepEqual(speedup(own, own, random()), { value: 1, low: 1, high: 1, confidence: 0.95 });
});
