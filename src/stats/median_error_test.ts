import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { sampleScatter, withinError } from "./median_error.ts";
import { sampleMedian } from "./trial_samples.ts";

const trial = (samples: readonly number[], round = 1) => ({
  round,
  sorted: Float64Array.from(samples).sort(),
});

test("the error within trials is that of their medians, as simulation finds it", () => {
  const random = randomFrom(1, "median error");
  const samples = (n: number) =>
    trial(Array.from({ length: n }, () => Math.exp(0.1 * random.normal())));
  const logs: number[] = [];
  const told: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [[samples(40), samples(40)], [samples(40), samples(40), samples(40)]];
    const center = (trials: typeof a) =>
      trials.reduce((sum, one) => sum + Math.log(sampleMedian(one)), 0) / trials.length;
    logs.push(center(b) - center(a));
    told.push(withinError(a, b, 0).standardError);
  }
  const deviation = Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / logs.length);
  const mean = told.reduce((sum, one) => sum + one, 0) / told.length;
  assert.ok(Math.abs(mean / deviation - 1) < 0.07, `${mean} instead of ${deviation}`);
});

test("trials of two disturbed samples are known badly, though their medians agree", () => {
  const calm = [trial([24.8, 24.9]), trial([24.9, 25])];
  const disturbed = [trial([42.06, 25.34]), trial([33.82, 33.27])];
  assert.ok(withinError(calm, calm, 0).standardError < 0.01);
  assert.ok(withinError(calm, disturbed, 0).standardError > 0.1);
  // It rests on one trial of one degree of freedom, but no interval is wider than the trials' own degrees make it.
  assert.equal(withinError(calm, disturbed, 0).degrees, 2);
});

test("trials that are too short to tell scatter as longer ones of their kernel do", () => {
  const long = trial([1, 1.1, 0.9, 1.2, 0.8, 1, 1.05]);
  const scatter = sampleScatter([long, trial([5]), trial([5, 5])]);
  assert.ok(scatter > 0.01);
  const single = [trial([3]), trial([3], 2)];
  const { standardError } = withinError(single, single, scatter);
  assert.ok(Math.abs(standardError - 1.2533 * Math.sqrt(scatter)) < 1e-9);
  assert.equal(withinError(single, single, 0).standardError, 0);
  assert.equal(sampleScatter(single), 0);
});

test("a burst within a long trial costs nothing: the median does not see it", () => {
  const steady = trial(Array.from({ length: 99 }, (_, i) => 1 + i * 1e-4));
  const burst = trial(Array.from({ length: 99 }, (_, i) => i < 5 ? 10 : 1 + i * 1e-4));
  const { standardError } = withinError([steady, steady], [burst, burst], 0);
  assert.ok(standardError < 0.001, `${standardError}`);
});
