import { studentQuantile, sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** A location with its error. */
export interface Center {
  readonly value: number;
  readonly standardError: number;
  /** For Student's t of (value − truth) / standardError. */
  readonly degrees: number;
}

/** An interval of a factor of 1,000 either way already says nothing, so it ends there. */
const WIDEST = Math.log(1000);

/** Half the width of Student's t interval, in logarithms. */
export function halfWidth(
  { standardError, degrees }: Pick<Center, "standardError" | "degrees">,
  confidence: number,
): number {
  if (standardError === 0) return 0;
  return Math.min(WIDEST, studentQuantile((1 + confidence) / 2, degrees) * standardError);
}

/** The share that is left out at each end. */
const TRIM = 0.1;

/**
 * The 10 % trimmed mean of `values`, at least one, with the standard error from their winsorised deviation
 * (Tukey and McLaughlin, Sankhyā A 25, 1963, p. 331; Yuen, Biometrika 61, 1974, p. 165). For fewer than ten values it
 * is the plain mean with its usual error, because nothing can be left out. A single value has no error. A value of
 * weight w has the variance of one of weight 1, divided by w.
 *
 * Trials hit by a neighbour make the plain mean noisier and its intervals too wide: with noise like real traces they
 * cover 97.5 % over 30 rounds. The median of three values is no better known than their mean and has no simple error. A
 * percentile bootstrap of it covers 75 % at best, because it never leaves the range of the three.
 */
export function trimmedMean(
  values: readonly number[],
  weights: readonly number[] = values.map(() => 1),
): Center {
  const n = values.length;
  const cut = Math.floor(TRIM * n);
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const kept = order.slice(cut, n - cut);
  const weightOf = (of: readonly number[]) => sumOf(of, (i) => weights[i]);
  const mean = (of: readonly number[], value: (i: number) => number) =>
    sumOf(of, (i) => weights[i] * value(i)) / weightOf(of);
  const value = mean(kept, (i) => values[i]);
  if (n === 1) return { value, standardError: 0, degrees: 1 };
  const [least, most] = [values[kept[0]], values[kept[kept.length - 1]]];
  const winsorised = values.map((one) => Math.min(Math.max(one, least), most));
  const center = mean(order, (i) => winsorised[i]);
  const squares = sumOf(order, (i) => weights[i] * (winsorised[i] - center) ** 2);
  const all = weightOf(order);
  return {
    value,
    standardError: Math.sqrt(squares / (n - 1) / all) / (weightOf(kept) / all),
    degrees: kept.length - 1,
  };
}

/**
 * The logarithm of the time per epoch of a cell (ns). Trials are the unit, each by the median of its samples, because
 * samples of one process share its luck (Kalibera and Jones, Rigorous Benchmarking in Reasonable Time, ISMM 2013,
 * section 6). For a single trial the samples are the unit, and the error is the noise within that process.
 */
export function logTime(trials: readonly TrialSamples[]): Center {
  if (trials.length === 1) return trimmedMean(Array.from(trials[0].sorted, Math.log));
  return trimmedMean(trials.map((trial) => Math.log(sampleMedian(trial))), trials.map(weightOf));
}
