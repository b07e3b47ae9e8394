import { mean, studentQuantile } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** Where numbers lie, and how well that is known. */
export interface Center {
  readonly value: number;
  readonly standardError: number;
  /** Of Student's t for (center − truth) / standardError. */
  readonly degrees: number;
}

/** An interval that reaches a thousandfold either way says that nothing is known; it ends there. */
const WIDEST = Math.log(1000);

/** Half of Student's t interval, in logarithms, of so much error. */
export function halfWidth(
  { standardError, degrees }: Pick<Center, "standardError" | "degrees">,
  confidence: number,
): number {
  if (standardError === 0) return 0;
  return Math.min(WIDEST, studentQuantile((1 + confidence) / 2, degrees) * standardError);
}

/** Share left out at each end. */
const TRIM = 0.1;

/**
 * The 10 % trimmed mean of `values`, at least one, with the standard error from their winsorised deviation
 * (Tukey and McLaughlin, Sankhyā A 25, 1963, p. 331; Yuen, Biometrika 61, 1974, p. 165). Of fewer than ten it
 * is the plain mean with its usual error, since nothing can be left out. A single value has no error.
 *
 * Why not the plain mean throughout: trials hit by a neighbour make it noisier and its intervals too wide (of
 * 30 rounds with noise like real traces they cover 97.5 %). Why not the median, which the tables show: that of
 * three values is no better known than their mean and has no simple error, and resampling it (a percentile
 * bootstrap) covers the truth in 75 % of cases at best, because it never leaves the range of the three.
 */
export function trimmedMean(values: readonly number[]): Center {
  const n = values.length;
  const cut = Math.floor(TRIM * n);
  const sorted = Float64Array.from(values).sort();
  const kept = sorted.subarray(cut, n - cut);
  const value = mean([...kept]);
  if (n === 1) return { value, standardError: 0, degrees: 1 };
  const winsorised = sorted.map((one) => Math.min(Math.max(one, kept[0]), kept[kept.length - 1]));
  const center = mean([...winsorised]);
  const squares = winsorised.reduce((sum, one) => sum + (one - center) ** 2, 0);
  return {
    value,
    standardError: Math.sqrt(squares / (n - 1) / n) / (kept.length / n),
    degrees: kept.length - 1,
  };
}

/**
 * The log of what one epoch of a cell takes (ns). Trials are the unit: of each only the median of its samples
 * counts, because samples of one process share its luck (Kalibera and Jones, Rigorous Benchmarking in
 * Reasonable Time, ISMM 2013, section 6). Of a single trial the samples must do, and the error is that of
 * noise within one process.
 */
export function logTime(trials: readonly TrialSamples[]): Center {
  if (trials.length === 1) return trimmedMean(Array.from(trials[0].sorted, Math.log));
  return trimmedMean(trials.map((trial) => Math.log(sampleMedian(trial))));
}
