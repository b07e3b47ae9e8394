import assert from "node:assert/strict";
import test from "node:test";
import { intervalOf, pValues, ratiosWithin, unpairedRatio } from "./ratio.ts";
import type { TrialSamples } from "./trial_samples.ts";

const trial = (round: number, ns: number): TrialSamples => ({
  round,
  sorted: Float64Array.of(ns, ns, ns),
});
const trials = (...ns: number[]) => ns.map((one, i) => trial(i + 1, one));
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
/** A pair on its own. */
const ratioOf = (a: readonly TrialSamples[], b: readonly TrialSamples[]) =>
  ratiosWithin([{ a, b, kernel: "k" }])[0];
/** As many rounds as there are logarithms of ratios. */
const pair = (logs: readonly number[], kernel: string) => ({
  a: trials(...logs.map(() => 100)),
  b: trials(...logs.map((log) => 100 * Math.exp(log))),
  kernel,
});

test("a ratio is the geometric mean of its rounds' ratios, b / a, whatever the rounds' pace", () => {
  const ratio = ratioOf(trials(100, 200, 50), trials(110, 230, 54));
  near(Math.exp(ratio.logRatio), (1.1 * 1.15 * 1.08) ** (1 / 3));
  // Student's t by hand: d = 0.09531, 0.13976, 0.07696; s = 0.032292; t(0.975, 2) = 4.30265
  const [low, high] = intervalOf(ratio, 0.95);
  near(Math.log(high) - ratio.logRatio, 4.30265 * 0.032292 / Math.sqrt(3), 1e-5);
  near(ratio.logRatio - Math.log(low), 4.30265 * 0.032292 / Math.sqrt(3), 1e-5);
  assert.deepEqual([ratio.degrees, ratio.trials], [2, [3, 3]]);
});

test("from ten rounds on, a round that a neighbour hit counts no more than the next", () => {
  const logs = [0.1, 0.11, 0.09, 0.1, 0.12, 0.08, 0.1, 0.11, 0.09];
  const hit = (log: number) => ratiosWithin([pair([...logs, log], "k")])[0];
  near(hit(3).logRatio, hit(0.12).logRatio, 1e-12);
  near(hit(3).standardError, hit(0.12).standardError, 1e-12);
});

test("rounds that only one side has do not count", () => {
  const b = [trial(2, 220), trial(3, 55), trial(9, 1)];
  const ratio = ratioOf(trials(100, 200, 50), b);
  assert.deepEqual(ratio.trials, [2, 2]);
  near(Math.exp(ratio.logRatio), 1.1);
});

test("without a common round, the trials of each side are two groups", () => {
  const [a, b] = [trials(100, 104), [trial(3, 200), trial(4, 208), trial(5, 204)]];
  assert.deepEqual(ratioOf(a, b), { ...unpairedRatio(a, b), rounds: 2 });
});

test("a machine that slows down for a round does not widen the interval", () => {
  const drifting = trials(200, 300, 250);
  const width = (ratio: ReturnType<typeof ratioOf>) => {
    const [low, high] = intervalOf(ratio, 0.95);
    return high / low;
  };
  assert.ok(width(ratioOf(drifting, trials(100, 151, 125))) < 1.03);
  assert.ok(width(unpairedRatio(drifting, trials(100, 151, 125))) > 1.5);
});

test("a pair that looks calm borrows the scatter of all series, and their degrees of freedom", () => {
  const alone = ratioOf(trials(100, 100, 100), trials(200.1, 199.9, 200));
  const noise = [[1.03, 0.97, 1], [0.97, 1.02, 1.01], [1, 1.04, 0.98], [0.96, 1, 1.03]];
  const noisy = noise.map((factors, i) => ({
    a: trials(100, 100, 100),
    b: trials(...factors.map((factor) => 100 * factor)),
    kernel: `k${i}`,
  }));
  const [calm] = ratiosWithin([
    { a: trials(100, 100, 100), b: trials(200.1, 199.9, 200), kernel: "calm" },
    ...noisy,
  ]);
  assert.ok(calm.standardError > 5 * alone.standardError);
  assert.ok(calm.degrees > alone.degrees);
});

test("cells of a series share their variance", () => {
  const calm = [-0.001, 0, 0.001];
  const [one] = ratiosWithin([pair(calm, "k"), pair([-0.1, 0, 0.1], "k")]);
  const [apart] = ratiosWithin([pair(calm, "k")]);
  assert.ok(one.standardError > 10 * apart.standardError);
});

test("a trial that a neighbour hit leaves its pair with its own scatter, and the others with theirs", () => {
  const calm = Array.from({ length: 20 }, (_, i) => pair([-0.02, 0.01 * (i % 3), 0.01], `k${i}`));
  const [hit, other] = ratiosWithin([pair([0, 1.1, 0.01], "hit"), ...calm]);
  near(hit.standardError, 0.3653, 1e-3); // s / √3 of 0, 1.1 and 0.01
  assert.equal(hit.degrees, 2);
  assert.ok(other.standardError < 0.4 * hit.standardError);
});

test("a run bounds its paces by the gap that two of its cells show, from 1.3 to 1.8", () => {
  const bound = (...ranges: number[]) =>
    Math.exp(
      ratiosWithin(ranges.map((range, i) => pair([0, range, 0], `${i}`)))[0].paces,
    );
  near(bound(0.01, 0.01, 0.01), 1.3);
  near(bound(2, 2, 2), 1.8);
  const middle = bound(0.6, 0.6, 0.6, 0.6);
  assert.ok(middle > 1.3 && middle < 1.8, `${middle}`);
  // Noise on either side of the gap widens the range of the trials, not what lies between the paces.
  const noisy = [0, 1, 2, 3].map((i) => pair([0, 0.2, 0.6], `${i}`));
  assert.ok(Math.exp(ratiosWithin(noisy)[0].paces) < middle);
});

test("a trial of little weight moves the ratio little", () => {
  const b = trials(110, 110, 300).map((one, i) => ({ ...one, weight: i === 2 ? 0.01 : 1 }));
  const { logRatio } = ratioOf(trials(100, 100, 100), b);
  near(Math.exp(logRatio), 1.1, 0.02);
});

test("pairs of a kernel that lie apart on the same side count together against luck", () => {
  const shared = ratiosWithin([
    pair([0.1, 0.11, 0.12], "k"),
    pair([0.3, 0.31, 0.29], "k"),
    pair([-0.1, 0.1, 0.1], "k"),
    pair([-0.1, -0.1, -0.11], "k"),
    pair([0.1, 0.1, 0.1], "other"),
  ]).map(({ trials }) => trials);
  assert.deepEqual(shared, [[6, 6], [6, 6], [3, 3], [3, 3], [3, 3]]);
});

test("an unpaired ratio is Welch's, with degrees of freedom of the noisier side's trials", () => {
  const noisy = trials(80, 100, 125);
  const calm = trials(200, 200.2, 200.1, 200, 200.1);
  const { logRatio, degrees } = unpairedRatio(noisy, calm);
  near(Math.exp(logRatio), 200.08 / 100, 1e-3);
  near(degrees, 2, 1e-3);
  near(unpairedRatio(trials(90, 100, 111.1), trials(90, 100, 111.1)).degrees, 4, 1e-9);
});

test("a single common round gives the ratio of two medians, and counts as one trial", () => {
  const ratio = ratioOf(trials(100), trials(120));
  near(Math.exp(ratio.logRatio), 1.2);
  assert.deepEqual(ratio.trials, [1, 1]);
});

test("p-values and intervals agree: at an end of the 95 % interval it is 2.5 %", () => {
  const ratio = ratioOf(trials(100, 200, 50, 70), trials(110, 230, 54, 70));
  const [low, high] = intervalOf(ratio, 0.95);
  near(pValues(ratio, low).atMost, 0.025);
  near(pValues(ratio, high).atLeast, 0.025);
  near(pValues(ratio, Math.exp(ratio.logRatio)).atMost, 0.5);
  const { atMost, atLeast } = pValues(ratio, 1.1);
  near(atMost + atLeast, 1);
});

test("equal ratios in all rounds are certain", () => {
  const ratio = ratioOf(trials(100, 200), trials(200, 400));
  near(pValues(ratio, 1.5).atMost, 0);
  near(pValues(ratio, 3).atLeast, 0);
  const [low, high] = intervalOf(ratio, 0.95);
  near(low, high);
});
