import { mean, medianAbsoluteDeviation } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** What is known of an average from within its trials alone. */
export interface WithinError {
  readonly standardError: number;
  /** Of Student's t, after Welch and Satterthwaite (Biometrika 34, 1947, p. 28). */
  readonly degrees: number;
}

/** A median absolute deviation of 1 is a standard deviation of this, of normal values. */
const NORMAL = 1.4826;
/** The standard error of a median over that of a mean, of many normal values: √(π / 2). */
const OF_MEDIAN = 1.2533;
/** Fewer samples than these do not tell how samples scatter: two may agree by chance. */
const ENOUGH_SAMPLES = 5;

/**
 * The least error that log B − log A of two groups of trials can have: that of the trials' medians, from how the
 * samples within them scatter. A trial of two samples is known badly, though the trials may agree by chance.
 * Samples that follow each other are alike, so that the true error is greater rather than less.
 *
 * `scatter` is the variance of single samples of the kernel (see sampleScatter), for trials that are too short to
 * tell their own; 0 where nothing tells it.
 */
export function withinError(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
  scatter: number,
): WithinError {
  const parts = [a, b].flatMap((trials) =>
    trials.map(({ sorted }) => {
      const own = varianceOf(sorted);
      const ofSample = sorted.length < ENOUGH_SAMPLES ? Math.max(own, scatter) : own;
      return {
        variance: OF_MEDIAN ** 2 * ofSample / sorted.length / trials.length ** 2,
        degrees: Math.max(1, sorted.length - 1),
      };
    })
  );
  const sum = parts.reduce((total, { variance }) => total + variance, 0);
  const squares = parts.reduce(
    (total, { variance, degrees }) => total + variance ** 2 / degrees,
    0,
  );
  // One badly known trial leaves a single degree; as many as the trials have will do for a least error.
  const ofTrials = Math.max(1, a.length + b.length - 2);
  return {
    standardError: Math.sqrt(sum),
    degrees: sum === 0 ? ofTrials : Math.max(ofTrials, sum ** 2 / squares),
  };
}

/** The mean variance of the logarithms of single samples over the trials that have enough of them, or 0. */
export function sampleScatter(trials: readonly TrialSamples[]): number {
  const known = trials.filter(({ sorted }) => sorted.length >= ENOUGH_SAMPLES)
    .map(({ sorted }) => varianceOf(sorted));
  return known.length > 0 ? mean(known) : 0;
}

/** Of the logarithms, by the median absolute deviation: a burst within a trial does not move its median. */
function varianceOf(sorted: Float64Array): number {
  const middle = sampleMedian({ round: 0, sorted });
  const logs = Array.from(sorted, (ns) => Math.log(ns / middle));
  return (NORMAL * medianAbsoluteDeviation(logs)) ** 2;
}
