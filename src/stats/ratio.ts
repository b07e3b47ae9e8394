import { median, studentTail, sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";
import { type Center, halfWidth, logTime, trimmedMean } from "./log_time.ts";

/** How two cells compare, with what any interval or test of it needs. */
export interface Ratio {
  /** ln of (an epoch of b / an epoch of a): above 0, b is slower. */
  readonly logRatio: number;
  readonly standardError: number;
  /** For Student's t of (logRatio − truth) / standardError; need not be whole. */
  readonly degrees: number;
  /** Trials that count, of a and of b. Fewer than two do not show how much processes differ. */
  readonly trials: readonly [number, number];
}

/** The trials of two cells. */
export interface Pair {
  readonly a: readonly TrialSamples[];
  readonly b: readonly TrialSamples[];
  /** Pairs of one kernel share its scatter: a compiler that settles in one of two paces does so at every size. */
  readonly kernel: string;
}

/**
 * The ratios b / a of all pairs of one run, the only estimator for cells of the same rounds. Each round gives the log
 * ratio of its two trials' medians, in which the machine's pace cancels. The ratio is their 10 % trimmed mean.
 *
 * Three rounds hardly know how much such ratios scatter. The variance is therefore pooled over all pairs of a kernel.
 * It is never below the pair's own, because pooling dilutes a trial that a neighbour hit. It is never below the median
 * over the kernels either: a kernel with two paces looks calm while all its trials choose the same one.
 *
 * Without a common round (a sweep that was killed early) the trials of each side count as two groups.
 */
export function ratiosWithin(pairs: readonly Pair[]): Ratio[] {
  const logs = pairs.map(({ a, b }) => pairedLogRatios(a, b));
  const spreads = logs.map(spreadOf);
  const ofKernel = poolByKernel(pairs, spreads);
  const typical = typicalSpread([...ofKernel.values()].filter(({ degrees }) => degrees > 0));
  const ratios = pairs.map(({ a, b, kernel }, i): Ratio => {
    const rounds = logs[i].length;
    if (rounds === 0) return unpairedRatio(a, b);
    const pooled = ofKernel.get(kernel)!;
    const variance = Math.max(spreads[i].variance, pooled.variance, typical.variance);
    return {
      logRatio: trimmedMean(logs[i]).value,
      standardError: Math.sqrt(variance / rounds),
      degrees: pooled.degrees || typical.degrees || 1,
      trials: [rounds, rounds],
    };
  });
  return shareLuck(ratios, pairs, logs.map(sideOf));
}

/**
 * The ratio of two groups of trials without common rounds: Yuen's test (Biometrika 61, 1974, p. 165), which is Welch's
 * of trimmed means. It assumes independent trials: a pace that the machine had during one group alone is in the ratio
 * and not in the interval.
 */
export function unpairedRatio(a: readonly TrialSamples[], b: readonly TrialSamples[]): Ratio {
  const [one, other] = [logTime(a), logTime(b)];
  const [va, vb] = [one.standardError ** 2, other.standardError ** 2];
  return {
    logRatio: other.value - one.value,
    standardError: Math.sqrt(va + vb),
    // Welch and Satterthwaite (Biometrika 34, 1947, p. 28); without any spread, any number does.
    degrees: va + vb === 0
      ? one.degrees + other.degrees
      : (va + vb) ** 2 / (va ** 2 / one.degrees + vb ** 2 / other.degrees),
    trials: [a.length, b.length],
  };
}

/** The log ratios b / a of the rounds that both cells have, in order of a. */
export function pairedLogRatios(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
): number[] {
  const ofB = new Map(b.map((trial) => [trial.round, trial]));
  return a.flatMap((trial) => {
    const other = ofB.get(trial.round);
    return other ? [Math.log(sampleMedian(other) / sampleMedian(trial))] : [];
  });
}

/**
 * The same ratios, with `trials` summed over the pairs of a kernel that lie apart on the same side. `sides`: 1 where
 * every trial of b took longer than those of a that it is compared with, −1 where every one took less, else 0. Luck
 * must have set apart the trials of all these pairs, so a kernel that moved at all sizes needs fewer trials of each.
 */
export function shareLuck(
  ratios: readonly Ratio[],
  pairs: readonly Pick<Pair, "kernel">[],
  sides: readonly number[],
): Ratio[] {
  const keyOf = (i: number) => `${sides[i]}|${pairs[i].kernel}`;
  const alike = Map.groupBy(ratios.keys(), keyOf);
  return ratios.map((ratio, i) => {
    if (sides[i] === 0 || hasOneTrial(ratio)) return ratio;
    const count = (side: 0 | 1) => sumOf(alike.get(keyOf(i))!, (j) => ratios[j].trials[side]);
    return { ...ratio, trials: [count(0), count(1)] };
  });
}

export const hasOneTrial = ({ trials }: Ratio): boolean => Math.min(...trials) < 2;

const sideOf = (logs: readonly number[]): number =>
  logs.every((log) => log > 0) ? 1 : logs.every((log) => log < 0) ? -1 : 0;

/** The interval of a ratio at a confidence: Student's t on its logarithm. */
export function intervalOf(ratio: Ratio, confidence: number): [low: number, high: number] {
  const half = halfWidth(ratio, confidence);
  return [Math.exp(ratio.logRatio - half), Math.exp(ratio.logRatio + half)];
}

/** One-sided p-values of "the true ratio is at most `factor`" and "it is at least `factor`". */
export function pValues(ratio: Ratio, factor: number): { atMost: number; atLeast: number } {
  const { logRatio, standardError, degrees } = ratio;
  const distance = logRatio - Math.log(factor);
  if (standardError === 0) return { atMost: distance > 0 ? 0 : 1, atLeast: distance < 0 ? 0 : 1 };
  const t = distance / standardError;
  return { atMost: studentTail(t, degrees), atLeast: studentTail(-t, degrees) };
}

/** How much logarithms scatter around their mean. */
interface Spread {
  readonly variance: number;
  readonly degrees: number;
}

/** The (winsorised) variance behind the error of a trimmed mean; 0 degrees where there are fewer than two values. */
export function spreadOf(logs: readonly number[]): Spread {
  if (logs.length < 2) return { variance: 0, degrees: 0 };
  const { standardError, degrees }: Center = trimmedMean(logs);
  return { variance: standardError ** 2 * logs.length, degrees };
}

/** Several spreads around several centres as one; without any degree of freedom the variance is 0. */
export function pool(spreads: readonly Spread[]): Spread {
  const degrees = sumOf(spreads, (one) => one.degrees);
  const squares = sumOf(spreads, (one) => one.variance * one.degrees);
  return { variance: degrees > 0 ? squares / degrees : 0, degrees };
}

/** The pooled spread of each kernel. */
export function poolByKernel(
  pairs: readonly Pick<Pair, "kernel">[],
  spreads: readonly Spread[],
): Map<string, Spread> {
  const places = Map.groupBy(pairs.keys(), (i) => pairs[i].kernel);
  return new Map([...places].map(([kernel, of]) => [kernel, pool(of.map((i) => spreads[i]))]));
}

/** The median variance, as well known as all spreads together. */
export const typicalSpread = (spreads: readonly Spread[]): Spread => ({
  variance: spreads.length > 0 ? median(spreads.map(({ variance }) => variance)) : 0,
  degrees: sumOf(spreads, ({ degrees }) => degrees),
});
