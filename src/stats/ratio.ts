import { known } from "../base/known.ts";
import { blockScatter } from "./block_scatter.ts";
import { halfWidth, logTime, trimmedMean } from "./log_time.ts";
import { atLeast, moderated, pool, priorOf, type Spread, sumOfSpreads } from "./moderate.ts";
import { studentTail, sumOf } from "./statistics.ts";
import { blockOf, sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** How two cells compare, with what any interval or test of it needs. */
export interface Ratio {
  /** ln of (an epoch of b / an epoch of a): above 0, b is slower. */
  readonly logRatio: number;
  readonly standardError: number;
  /** For Student's t of (logRatio − truth) / standardError; need not be whole. */
  readonly degrees: number;
  /** Trials that count, of a and of b. Fewer than two do not show how much processes differ. */
  readonly trials: readonly [number, number];
  /** Rounds behind it, where `trials` counts those of other cells, too; absent: `trials` are its own. */
  readonly rounds?: number;
  /** Nodes behind it, where those are the blocks (`byNode`). */
  readonly nodes?: number;
  /** ln of the greatest factor between two paces that one program may settle in. */
  readonly paces: number;
  /** ln of the ratio that tables show, where that is another estimate. */
  readonly shown?: number;
}

/** The trials of two cells. */
export interface Pair {
  readonly a: readonly TrialSamples[];
  readonly b: readonly TrialSamples[];
  /** Pairs of one kernel share its scatter: a compiler that settles in one of two paces does so at every size. */
  readonly kernel: string;
  /** The series of a and of b, whose cells scatter alike; absent: those of no other kernel. */
  readonly series?: readonly [string, string];
  /** ln of the ratio that tables show, the quotient of two times; absent: that of the rounds. */
  readonly shown?: number;
}

/**
 * The greatest factor between two paces that one program was seen to settle in is below 1.5 (METHODOLOGY); with a
 * margin of 1.2, this one.
 */
export const MOST_PACES = Math.log(1.8);
/** Two paces as far apart as those of `naive_loop` (78 and 100 µs per example) may hide in every run. */
const LEAST_PACES = Math.log(1.3);
/** Paces may lie this much farther apart, in logarithms, than trials of a cell did in this run. */
const PACE_MARGIN = 1.2;

/**
 * The ratios b / a of all pairs of one run, the only estimator for cells of the same rounds. Each round gives the log
 * ratio of its two trials' medians, in which the machine's pace cancels. The ratio is their 10 % trimmed mean.
 *
 * Three rounds hardly know how much such ratios scatter, so variances borrow strength. Each series has the scatter of
 * its trials with the rounds' paces taken out (`blockScatter`), pooled over its cells and moderated by that of all
 * series (`priorOf`). A pair has the sum of both sides'. Where its own ratios scatter more than chance allows, as with
 * a trial that a neighbour hit, it has their variance alone.
 *
 * Where trials stand for nodes (`byNode`), all this holds with nodes for rounds.
 *
 * Without a common round (a sweep that was killed early) the trials of each side count as two groups.
 */
export function ratiosWithin(pairs: readonly Pair[]): Ratio[] {
  const rounds = pairs.map(({ a, b }) => commonBlocks(a, b));
  const { spreadOfPair, paces } = scatterOfRun(pairs);
  const ratios = pairs.map(({ a, b, shown }, i): Ratio => {
    const n = rounds[i].length;
    if (n === 0) return known({ ...unpairedRatio(a, b), shown });
    const own = trimmedMean(rounds[i].map(({ log }) => log), rounds[i].map(({ weight }) => weight));
    const isOverNodes = a.some(({ trials }) => trials !== undefined);
    const weights = sumOf(rounds[i], ({ weight }) => weight);
    const ownSpread = {
      variance: own.standardError ** 2 * weights,
      degrees: n > 1 ? own.degrees : 0,
    };
    const expected = spreadOfPair(i);
    const { variance, degrees } = atLeast(ownSpread, expected);
    // A single node, in a run that shows nothing of how nodes differ, is no more than a single trial.
    const count = degrees === 0 ? n : sumOf(rounds[i], ({ trials }) => trials);
    return known({
      logRatio: own.value,
      standardError: Math.sqrt(variance / weights),
      degrees: degrees || 1,
      trials: [count, count] as const,
      nodes: isOverNodes ? n : undefined,
      paces,
      shown,
    });
  });
  return shareLuck(ratios, pairs, rounds.map((all) => sideOf(all.map(({ log }) => log))));
}

/** What all pairs of a run say about their scatter together. */
function scatterOfRun(pairs: readonly Pair[]) {
  const cells = new Map<readonly TrialSamples[], string>();
  for (const { a, b, kernel, series = [`${kernel} a`, `${kernel} b`] } of pairs) {
    // A cell of several pairs is of one series.
    cells.set(a, cells.get(a) ?? series[0]).set(b, cells.get(b) ?? series[1]);
  }
  const names = [...cells.values()];
  const { spreads, gaps, degrees } = blockScatter([...cells.keys()], names);
  const own = new Map(
    [...Map.groupBy(names.keys(), (i) => names[i])]
      .map(([name, of]) => [name, pool(of.map((i) => spreads[i]))]),
  );
  const prior = priorOf([...own.values()]);
  return {
    spreadOfPair(i: number): Spread {
      const { a, b } = pairs[i];
      const sides = [a, b].map((cell) => moderated(own.get(cells.get(cell)!)!, prior));
      const both = sumOfSpreads(sides);
      // No more than all cells together have.
      return { ...both, degrees: Math.min(degrees, both.degrees) };
    },
    paces: pacesOf(gaps),
  };
}

/**
 * ln of the greatest factor between two paces that a program of this run may have: somewhat more than the gap between
 * trials that at least two cells show, since a pace recurs and a trial that a neighbour hit does not. Noise widens the
 * range of the trials of two paces, and hardly the gap between them.
 */
function pacesOf(gaps: readonly number[]): number {
  const second = gaps.toSorted((a, b) => b - a)[1] ?? 0;
  return Math.min(MOST_PACES, Math.max(LEAST_PACES, PACE_MARGIN * second));
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
    paces: MOST_PACES,
  };
}

/** The log ratios b / a of the rounds, or nodes, that both cells have, in order of a. */
export const pairedLogRatios = (
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
): number[] => commonBlocks(a, b).map(({ log }) => log);

/** The log ratios b / a of the rounds, or nodes, that both cells have, in order of a. */
export function commonBlocks(a: readonly TrialSamples[], b: readonly TrialSamples[]) {
  const ofB = new Map(b.map((trial) => [blockOf(trial), trial]));
  return a.flatMap((trial) => {
    const other = ofB.get(blockOf(trial));
    if (other === undefined) return [];
    return [{
      log: Math.log(sampleMedian(other) / sampleMedian(trial)),
      // Variances add up, and a weight is an inverse variance.
      weight: 2 / (1 / weightOf(trial) + 1 / weightOf(other)),
      trials: Math.min(trial.trials ?? 1, other.trials ?? 1),
    }];
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
    return { ...ratio, rounds: Math.min(...ratio.trials), trials: [count(0), count(1)] };
  });
}

export const hasOneTrial = ({ trials }: Ratio): boolean => Math.min(...trials) < 2;

/** 1 where all are above 0, −1 where all are below, else 0. */
export const sideOf = (logs: readonly number[]): number =>
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
