import type { Center } from "./log_time.ts";
import { MAD_TO_DEVIATION, mean, medianAbsoluteDeviation, sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** The standard error of a median over that of a mean, for many normal values: √(π / 2). */
export const OF_MEDIAN = 1.2533;
/** Fewer samples do not show how samples scatter: two may agree by chance. */
const ENOUGH_SAMPLES = 5;

/**
 * The least error that log B − log A of two groups of trials can have: the error of the trials' medians, from the
 * scatter of their samples. Trials of two samples may agree by chance. Neighbouring samples are correlated, so the true
 * error is greater rather than smaller.
 *
 * `scatter` is the variance of single samples of the kernel (`sampleScatter`), for trials that are too short to show
 * their own; 0 where it is unknown.
 */
export function withinError(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
  scatter: number,
): Pick<Center, "standardError" | "degrees"> {
  const parts = [a, b].flatMap((trials) =>
    trials.map((trial) => ({
      variance: trialVariance(trial, scatter) / trials.length ** 2,
      degrees: Math.max(1, trial.sorted.length - 1),
    }))
  );
  // Degrees by Welch and Satterthwaite (Biometrika 34, 1947, p. 28).
  const sum = sumOf(parts, ({ variance }) => variance);
  const squares = sumOf(parts, ({ variance, degrees }) => variance ** 2 / degrees);
  // One badly known trial leaves a single degree; for a least error, the degrees of the trials will do.
  const ofTrials = Math.max(1, a.length + b.length - 2);
  return {
    standardError: Math.sqrt(sum),
    degrees: sum === 0 ? ofTrials : Math.max(ofTrials, sum ** 2 / squares),
  };
}

/** The variance of the logarithm of a trial's median, from the scatter of its samples; `scatter` as in `withinError`. */
export function trialVariance({ sorted }: TrialSamples, scatter: number): number {
  const own = varianceOf(sorted);
  const ofSample = sorted.length < ENOUGH_SAMPLES ? Math.max(own, scatter) : own;
  return OF_MEDIAN ** 2 * ofSample / sorted.length;
}

/** The mean variance of the logarithms of single samples over the trials that have enough of them, or 0. */
export function sampleScatter(trials: readonly TrialSamples[]): number {
  const known = trials.filter(({ sorted }) => sorted.length >= ENOUGH_SAMPLES)
    .map(({ sorted }) => varianceOf(sorted));
  return known.length > 0 ? mean(known) : 0;
}

/** The variance of the logarithms, by the median absolute deviation, which a burst within a trial does not move. */
function varianceOf(sorted: Float64Array): number {
  const middle = sampleMedian({ sorted });
  const logs = Array.from(sorted, (ns) => Math.log(ns / middle));
  return (MAD_TO_DEVIATION * medianAbsoluteDeviation(logs)) ** 2;
}
