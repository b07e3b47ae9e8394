import assert from "node:assert/strict";
import test from "node:test";
import { pairedRatio, pValues, unpairedRatio } from "./ratio.ts";
import type { TrialSamples } from "./trial_samples.ts";

const trial = (round: number, ns: number): TrialSamples => ({
  round,
  sorted: Float64Array.of(ns, ns, ns),
});
const trials = (...ns: number[]) => ns.map((one, i) => trial(i + 1, one));
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

test("a paired ratio is the geometric mean of its rounds' ratios, b / a, whatever the rounds' pace", () => {
  const ratio = pairedRatio(trials(100, 200, 50), trials(110, 230, 54));
  assert.ok(ratio);
  near(ratio.estimate.value, (1.1 * 1.15 * 1.08) ** (1 / 3));
  // Student's t by hand: d = 0.09531, 0.13976, 0.07696; s = 0.032292; t(0.975, 2) = 4.30265
  near(Math.log(ratio.estimate.high) - ratio.logRatio, 4.30265 * 0.032292 / Math.sqrt(3), 1e-5);
  near(ratio.logRatio - Math.log(ratio.estimate.low), 4.30265 * 0.032292 / Math.sqrt(3), 1e-5);
  assert.deepEqual([ratio.degrees, ratio.trials], [2, [3, 3]]);
});

test("rounds that only one side has do not count, and without a common one there is no paired ratio", () => {
  const b = [trial(2, 220), trial(3, 55), trial(9, 1)];
  assert.deepEqual(pairedRatio(trials(100, 200, 50), b)?.trials, [2, 2]);
  near(pairedRatio(trials(100, 200, 50), b)!.estimate.value, 1.1);
  assert.equal(pairedRatio(trials(1, 2), [trial(3, 1)]), undefined);
});

test("an unpaired ratio is Welch's, with degrees of freedom of the noisier side's trials", () => {
  const noisy = trials(80, 100, 125);
  const calm = trials(200, 200.2, 200.1, 200, 200.1);
  const { estimate, degrees } = unpairedRatio(noisy, calm);
  near(estimate.value, 200.08 / 100, 1e-3);
  near(degrees, 2, 1e-3);
  near(unpairedRatio(trials(90, 100, 111.1), trials(90, 100, 111.1)).degrees, 4, 1e-9);
});

test("a single trial on a side gives the noise of its samples", () => {
  const spread = (round: number) => ({ round, sorted: Float64Array.of(95, 98, 100, 102, 105) });
  const { estimate, trials: counted } = pairedRatio([spread(1)], [spread(1)])!;
  near(estimate.value, 1);
  assert.ok(estimate.low < 0.97 && estimate.low > 0.9, `${estimate.low}`);
  assert.deepEqual(counted, [1, 1]);
  const one = pairedRatio(trials(100), trials(120))!.estimate;
  near(one.low, 1.2);
  near(one.high, 1.2);
});

test("p-values and intervals agree: at an end of the 95 % interval it is 2.5 %", () => {
  const ratio = pairedRatio(trials(100, 200, 50, 70), trials(110, 230, 54, 70))!;
  near(pValues(ratio, ratio.estimate.low).atMost, 0.025);
  near(pValues(ratio, ratio.estimate.high).atLeast, 0.025);
  near(pValues(ratio, ratio.estimate.value).atMost, 0.5);
  const { atMost, atLeast } = pValues(ratio, 1.1);
  near(atMost + atLeast, 1);
});

test("equal ratios in all rounds are certain", () => {
  const ratio = pairedRatio(trials(100, 200), trials(200, 400))!;
  assert.deepEqual(pValues(ratio, 1.5), { atMost: 0, atLeast: 1 });
  assert.deepEqual(pValues(ratio, 3), { atMost: 1, atLeast: 0 });
  assert.deepEqual([ratio.estimate.low, ratio.estimate.high], [
    ratio.estimate.value,
    ratio.estimate.value,
  ]);
});
