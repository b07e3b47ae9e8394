import assert from "node:assert/strict";
import test from "node:test";
import { medianOfMedians, sampleMedian, type TrialSamples } from "./trial_samples.ts";

const trial = (round: number, samples: number[]): TrialSamples => ({
  round,
  sorted: Float64Array.from(samples).sort(),
});

test("a cell's time is the median of its trials' medians, however many samples a trial has", () => {
  const trials = [trial(1, [10, 11, 12]), trial(2, [20]), trial(3, [1, 2, 3, 4])];
  assert.deepEqual(trials.map(sampleMedian), [11, 20, 2.5]);
  assert.equal(medianOfMedians(trials), 11);
});
