import { studentTail } from "./statistics.ts";
import { CONFIDENCE, sampleMedian, type TrialSamples } from "./trial_samples.ts";
import { type Center, halfWidth, logTime, trimmedMean } from "./log_time.ts";
import type { Estimate } from "./interval.ts";

/** How two cells compare, with what any interval or test of it needs. */
export interface Ratio {
  /** What an epoch of b takes / what one of a takes; above 1, b is slower. */
  readonly estimate: Estimate;
  /** Natural logarithm of `estimate.value`. */
  readonly logRatio: number;
  /** Of `logRatio`: from the trials, or, where a side has but one, of its samples alone. */
  readonly standardError: number;
  /** Of Student's t for (logRatio − truth) / standardError; need not be whole. */
  readonly degrees: number;
  /** Trials that count, of a and of b. */
  readonly trials: readonly [number, number];
}

/**
 * The ratio of two cells that were measured in the same rounds, from the rounds that both have; undefined when
 * there is none. Each round gives the log ratio of its two trials' medians, in which the machine's pace of
 * that minute cancels; Student's t of their trimmed mean gives the interval. Of a single round the samples of
 * the two trials must do, and the interval covers noise within these two processes only.
 */
export function pairedRatio(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
): Ratio | undefined {
  const pairs = pairsOf(a, b);
  if (pairs.length === 0) return undefined;
  if (pairs.length === 1) return unpairedRatio([pairs[0][0]], [pairs[0][1]]);
  return ratioOf(trimmedMean(logRatios(pairs)), [pairs.length, pairs.length]);
}

/**
 * The ratio of two cells of different runs, or without a common round: Yuen's test (Biometrika 61, 1974,
 * p. 165), which is Welch's of trimmed means. It takes the trials of each for independent: a pace that the
 * machine had during the one run and not during the other is in the ratio and not in the interval.
 */
export function unpairedRatio(a: readonly TrialSamples[], b: readonly TrialSamples[]): Ratio {
  const [one, other] = [logTime(a), logTime(b)];
  const [va, vb] = [one.standardError ** 2, other.standardError ** 2];
  return ratioOf({
    value: other.value - one.value,
    standardError: Math.sqrt(va + vb),
    // Welch and Satterthwaite (Biometrika 34, 1947, p. 28); without any spread, any number does.
    degrees: va + vb === 0
      ? one.degrees + other.degrees
      : (va + vb) ** 2 / (va ** 2 / one.degrees + vb ** 2 / other.degrees),
  }, [a.length, b.length]);
}

/** The log ratios of the rounds that both cells have, in order of a. */
export function pairedLogRatios(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
): number[] {
  return logRatios(pairsOf(a, b));
}

/**
 * One-sided p-values of "the true ratio is at most `factor`" and "it is at least `factor`": how likely a ratio
 * so far above (below) it would be, were that so.
 */
export function pValues(ratio: Ratio, factor: number): { atMost: number; atLeast: number } {
  const { logRatio, standardError, degrees } = ratio;
  const distance = logRatio - Math.log(factor);
  if (standardError === 0) return { atMost: distance > 0 ? 0 : 1, atLeast: distance < 0 ? 0 : 1 };
  const t = distance / standardError;
  return { atMost: studentTail(t, degrees), atLeast: studentTail(-t, degrees) };
}

function ratioOf(log: Center, trials: readonly [number, number]): Ratio {
  const { value: logRatio, standardError, degrees } = log;
  const half = halfWidth(log, CONFIDENCE);
  return {
    estimate: {
      value: Math.exp(logRatio),
      low: Math.exp(logRatio - half),
      high: Math.exp(logRatio + half),
      confidence: CONFIDENCE,
    },
    logRatio,
    standardError,
    degrees,
    trials,
  };
}

type Pair = readonly [TrialSamples, TrialSamples];

function pairsOf(a: readonly TrialSamples[], b: readonly TrialSamples[]): Pair[] {
  const ofB = new Map(b.map((trial) => [trial.round, trial]));
  return a.flatMap((trial) => {
    const other = ofB.get(trial.round);
    return other ? [[trial, other] as const] : [];
  });
}

const logRatios = (pairs: readonly Pair[]): number[] =>
  pairs.map(([a, b]) => Math.log(sampleMedian(b) / sampleMedian(a)));
