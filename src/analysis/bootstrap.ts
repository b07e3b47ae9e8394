import type { Random } from "../base/random.ts";
import { median, quantile } from "../base/statistics.ts";
import type { Estimate } from "./summary.ts";

/** The steady samples of one trial, ready to be resampled. */
export interface TrialSamples {
  readonly round: number;
  /** (samples) ns per epoch, ascending; at least one. */
  readonly sorted: Float64Array;
}

export const CONFIDENCE = 0.95;
/** Percentiles at 2.5 and 97.5 then rest on 25 resamples each: their own noise is a few per cent of the width. */
export const RESAMPLES = 1000;

/** The median of a trial's steady samples, ns per epoch. */
export function sampleMedian({ sorted }: TrialSamples): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What a cell takes: the median over its trials of the median over the trial's samples. */
export function medianOfMedians(trials: readonly TrialSamples[]): number {
  return median(trials.map(sampleMedian));
}

/** Draws which trials a resample is made of: as many as there are, with replacement. */
export function drawTrials(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => random.integer(count));
}

/**
 * One resample of `medianOfMedians`: the trials `drawn`, and of each as many samples as it has, with
 * replacement. Trials first, then samples within them, because samples of one process share its luck
 * (memory layout, JIT decisions, neighbours): they are not independent (Davison and Hinkley, Bootstrap
 * Methods and their Application, 1997, section 3.8; Kalibera and Jones, Rigorous Benchmarking in
 * Reasonable Time, ISMM 2013, section 6).
 */
export function resampledMedian(
  trials: readonly TrialSamples[],
  drawn: readonly number[],
  random: Random,
): number {
  return smallMedian(drawn.map((i) => medianOfResample(trials[i].sorted, random)));
}

/** `count` resamples of `medianOfMedians`. */
export function bootstrap(
  trials: readonly TrialSamples[],
  random: Random,
  count = RESAMPLES,
): number[] {
  return Array.from(
    { length: count },
    () => resampledMedian(trials, drawTrials(trials.length, random), random),
  );
}

/**
 * The percentile interval of a bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
 * chapter 13), stretched to contain `value` where ties would leave it outside.
 *
 * Over several trials it covers what another sweep on the same machine would find: luck of a process and
 * noise within it. Its weakness is few trials. The median of n trials, resampled, never leaves their range,
 * which covers the median of all possible trials with probability 1 − 2^(1−n) at most: 75 % for three
 * trials, 94 % for five, 99.8 % for ten. So with three rounds a "95 %" interval is too narrow when processes
 * differ more than samples do. Over one trial it covers noise within that process and nothing else, and over
 * one sample it has no width.
 */
export function percentileInterval(value: number, resamples: readonly number[]): Estimate {
  const tail = (1 - CONFIDENCE) / 2;
  return {
    value,
    low: Math.min(value, quantile(resamples, tail)),
    high: Math.max(value, quantile(resamples, 1 - tail)),
    confidence: CONFIDENCE,
  };
}

/**
 * The median of n values drawn with replacement from n sorted ones, without drawing them: a resample's
 * place in the sorted values is ⌊n·U⌋ with uniform U, which keeps order, so the resample's middle comes
 * from the middle order statistics of n uniform numbers. Those have a Beta distribution (David and
 * Nagaraja, Order Statistics, 3rd edition, 2003, section 2.1). The same distribution as drawing and
 * sorting (Efron, Ann. Statist. 7, 1979, section 3 has it in closed form), at a cost that does not grow with n.
 */
export function medianOfResample(sorted: Float64Array, random: Random): number {
  const n = sorted.length;
  const half = n >> 1;
  const at = (u: number): number => sorted[Math.min(n - 1, Math.floor(n * u))];
  // U₍half+1₎ of n: half of them lie below it, n − half − 1 above.
  const upper = beta(half + 1, n - half, random);
  if (n % 2 === 1) return at(upper);
  // The greatest of the `half` uniform numbers below `upper`.
  const lower = upper * (1 - random.uniform()) ** (1 / half);
  return (at(lower) + at(upper)) / 2;
}

function beta(a: number, b: number, random: Random): number {
  const x = gamma(a, random);
  return x / (x + gamma(b, random));
}

/** A gamma variate of shape a ≥ 1, by Marsaglia and Tsang (ACM TOMS 26, 2000, p. 363). */
function gamma(a: number, random: Random): number {
  const d = a - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Median of a few values, which it sorts in place: insertion is quicker here than any selection. */
function smallMedian(values: number[]): number {
  const n = values.length;
  for (let i = 1; i < n; i++) {
    const value = values[i];
    let j = i;
    for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1];
    values[j] = value;
  }
  return n % 2 === 1 ? values[n >> 1] : (values[(n >> 1) - 1] + values[n >> 1]) / 2;
}
