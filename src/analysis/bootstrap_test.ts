import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import {
  bootstrap,
  medianOfMedians,
  medianOfResample,
  percentileInterval,
  resampledMedian,
  type TrialSamples,
} from "./bootstrap.ts";

const trial = (round: number, samples: number[]): TrialSamples => ({
  round,
  sorted: Float64Array.from(samples).sort(),
});

/** Probability of each median of n draws with replacement from n values, by going through all nⁿ. */
function everyResample(values: number[]): Map<number, number> {
  const n = values.length;
  const share = new Map<number, number>();
  for (let code = 0; code < n ** n; code++) {
    const drawn = Array.from({ length: n }, (_, i) => values[Math.floor(code / n ** i) % n]).sort((
      a,
      b,
    ) => a - b);
    const middle = (drawn[(n - 1) >> 1] + drawn[n >> 1]) / 2;
    share.set(middle, (share.get(middle) ?? 0) + n ** -n);
  }
  return share;
}

test("medians of resamples have the probabilities that counting all resamples gives", () => {
  for (
    const values of [[1], [1, 2], [1, 2, 4], [1, 2, 4, 8], [1, 2, 3, 5, 9], [1, 2, 3, 4, 6, 9]]
  ) {
    const random = randomFrom(values.length, "every resample");
    const draws = 20_000;
    const seen = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const value = medianOfResample(Float64Array.from(values), random);
      seen.set(value, (seen.get(value) ?? 0) + 1);
    }
    const expected = everyResample(values);
    for (const value of seen.keys()) assert.ok(expected.has(value), `${value} cannot be a median`);
    for (const [value, probability] of expected) {
      const error = Math.abs((seen.get(value) ?? 0) / draws - probability);
      const deviation = Math.sqrt(probability * (1 - probability) / draws);
      assert.ok(error <= 4.5 * deviation + 1e-9, `${value} of ${values}: off by ${error}`);
    }
  }
});

test("medians of resamples of many samples spread as those that are drawn and sorted", () => {
  const random = randomFrom(1, "many samples");
  const sorted = Float64Array.from({ length: 401 }, () => random.normal()).sort();
  const drawn = () =>
    Float64Array.from(sorted, () => sorted[random.integer(sorted.length)]).sort()[200];
  const spread = (draw: () => number) => {
    const values = Array.from({ length: 2000 }, draw);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  };
  const ratio = spread(() => medianOfResample(sorted, random)) / spread(drawn);
  assert.ok(ratio > 0.92 && ratio < 1.08, `ratio of standard deviations ${ratio}`);
});

test("a cell's time is the median of its trials' medians, however many samples a trial has", () => {
  const trials = [trial(1, [10, 11, 12]), trial(2, [20]), trial(3, [1, 2, 3, 4])];
  assert.equal(medianOfMedians(trials), 11);
});

test("resampling one trial again and again shows its samples alone", () => {
  const trials = [trial(1, [10, 11, 12]), trial(2, [20, 21, 22])];
  const random = randomFrom(1, "one");
  for (let i = 0; i < 50; i++) assert.ok(resampledMedian(trials, [1, 1], random) >= 20);
});

test("the same seed gives the same resamples", () => {
  const trials = [trial(1, [1, 2, 3, 4]), trial(2, [2, 3, 4]), trial(3, [5, 6])];
  assert.deepEqual(
    bootstrap(trials, randomFrom(3, "same"), 50),
    bootstrap(trials, randomFrom(3, "same"), 50),
  );
  assert.notDeepEqual(
    bootstrap(trials, randomFrom(3, "same"), 50),
    bootstrap(trials, randomFrom(4, "same"), 50),
  );
});

test("trials that differ widen the interval beyond the noise of samples", () => {
  const random = randomFrom(5, "widen");
  const samples = (level: number) => Array.from({ length: 100 }, () => level + random.normal());
  const width = (trials: TrialSamples[]) => {
    const { low, high } = percentileInterval(medianOfMedians(trials), bootstrap(trials, random));
    return high - low;
  };
  const alike = width([1, 2, 3].map((round) => trial(round, samples(100))));
  const apart = width([1, 2, 3].map((round) => trial(round, samples(100 + 10 * round))));
  assert.ok(alike < 1, `${alike}`);
  assert.ok(apart > 15, `${apart}`);
});

test("from ten trials the interval covers the true median in at least 90 % of simulations", () => {
  const random = randomFrom(6, "coverage");
  let covered = 0;
  for (let run = 0; run < 200; run++) {
    const trials = Array.from({ length: 10 }, (_, i) => {
      const level = 100 * Math.exp(0.03 * random.normal());
      return trial(
        i,
        Array.from({ length: 20 }, () => level * Math.exp(0.05 * random.normal())),
      );
    });
    const resamples = bootstrap(trials, random, 400);
    const { low, high } = percentileInterval(medianOfMedians(trials), resamples);
    if (low <= 100 && 100 <= high) covered++;
  }
  assert.ok(covered >= 180, `${covered} of 200`);
});

test("an interval contains its value, and one sample has an interval without width", () => {
  const { value, low, high } = percentileInterval(5, [6, 6, 6, 7]);
  assert.deepEqual([value, low], [5, 5]);
  assert.ok(high > 6.5 && high <= 7);
  const single = [trial(1, [8])];
  const flat = percentileInterval(8, bootstrap(single, randomFrom(1, "single"), 20));
  assert.deepEqual(flat, { value: 8, low: 8, high: 8, confidence: 0.95 });
});
