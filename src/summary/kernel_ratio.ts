import { mean, median } from "../stats/statistics.ts";
import type { Cell } from "../format/trial_record.ts";
import { halfWidth } from "../stats/log_time.ts";
import { sampleScatter, withinError } from "../stats/median_error.ts";
import { sampleMedian, type TrialSamples } from "../stats/trial_samples.ts";
import { pairedLogRatios, type Ratio, unpairedRatio } from "../stats/ratio.ts";

/** The trials of one cell in two runs. */
export interface TwoGroups {
  readonly a: readonly TrialSamples[];
  readonly b: readonly TrialSamples[];
  /** Cells of one kernel share its ways: a compiler that settles in one of two paces does so at every size. */
  readonly kernel: string;
}

/** What two cells share that are the same kernel at two sizes, or with two seeds. */
export const kernelOf = ({ implementation, runtime, threads, batchSize }: Cell): string =>
  [implementation, runtime, threads, batchSize].join("|");

/** Below this, the spread of one group is hardly known, and both groups' together serve better than Welch's. */
const ENOUGH_FOR_WELCH = 5;

/**
 * The ratios B / A of cells that two runs share, each with the *greatest* of several standard errors, the one
 * that gives the widest interval at `confidence`:
 *
 * - the cell's own. With two or three trials a kernel that settles in one of two paces looks calm where all
 *   trials of a run chose the same;
 * - from the spread of all cells of its kernel together, which has seen the other pace;
 * - from the median spread of all cells: none is believed to be calmer than its run;
 * - from the samples within the trials: medians of two disturbed samples each may agree by chance.
 *
 * The widest of valid intervals covers at least as often as each.
 */
export function kernelRatios(cells: readonly TwoGroups[], confidence: number): Ratio[] {
  const spreads = cells.map(({ a, b }) => pooled([a, b].map((trials) => spreadOf(logsOf(trials)))));
  const ofKernel = new Map(
    [...Map.groupBy(cells.keys(), (i) => cells[i].kernel)].map(([kernel, places]) => [kernel, {
      spread: pooled(places.map((i) => spreads[i])),
      scatter: sampleScatter(places.flatMap((i) => [...cells[i].a, ...cells[i].b])),
    }]),
  );
  const typical: Spread = {
    variance: median(spreads.map(({ variance }) => variance)),
    degrees: spreads.reduce((sum, { degrees }) => sum + degrees, 0),
  };
  const ratios = cells.map(({ a, b, kernel }, i): Ratio => {
    const own = unpairedRatio(a, b);
    const { spread, scatter } = ofKernel.get(kernel)!;
    const errors = [
      ...(Math.min(a.length, b.length) < ENOUGH_FOR_WELCH ? [] : [own]),
      ...[spreads[i], spread, typical].map(({ variance, degrees }) => ({
        standardError: Math.sqrt(variance * (1 / a.length + 1 / b.length)),
        degrees,
      })),
      withinError(a, b, scatter),
    ];
    const { standardError, degrees } = errors.reduce((x, y) =>
      halfWidth(y, confidence) > halfWidth(x, confidence) ? y : x
    );
    return { ...own, standardError, degrees };
  });
  return shareLuck(ratios, cells.map(({ kernel }) => kernel), cells.map(sideOf));
}

/**
 * The same ratios with the trials that luck would have had to set apart. `sides`: 1 where every trial of b
 * took longer than every one of a (in the same round, of pairs), −1 where every one took less, else 0. Where
 * several cells of a kernel lie apart on the same side, luck must have chosen the trials of all of them: that a
 * kernel moved at all sizes takes fewer trials of each to believe than that it did at one.
 */
export function shareLuck(
  ratios: readonly Ratio[],
  kernels: readonly string[],
  sides: readonly number[],
): Ratio[] {
  return ratios.map((ratio, i) => {
    if (sides[i] === 0) return ratio;
    const alike = ratios.filter((_, j) => kernels[j] === kernels[i] && sides[j] === sides[i]);
    const count = (side: 0 | 1) => alike.reduce((sum, { trials }) => sum + trials[side], 0);
    // One trial stays one trial: it knows nothing of how processes differ.
    return Math.min(...ratio.trials) < 2 ? ratio : { ...ratio, trials: [count(0), count(1)] };
  });
}

/** The interval of a ratio at a confidence: Student's t on its logarithm. */
export function intervalOf(ratio: Ratio, confidence: number): [low: number, high: number] {
  const width = halfWidth(ratio, confidence);
  return [Math.exp(ratio.logRatio - width), Math.exp(ratio.logRatio + width)];
}

/** 1: every trial of b took longer than every one of a; −1: every one took less; else 0. */
function sideOf({ a, b }: TwoGroups): number {
  const [ofA, ofB] = [a.map(sampleMedian), b.map(sampleMedian)];
  if (Math.min(...ofB) > Math.max(...ofA)) return 1;
  return Math.max(...ofB) < Math.min(...ofA) ? -1 : 0;
}

/** The same of trials in pairs, round by round. */
export function sideOfPairs(a: readonly TrialSamples[], b: readonly TrialSamples[]): number {
  const logs = pairedLogRatios(a, b);
  if (logs.every((log) => log > 0)) return 1;
  return logs.every((log) => log < 0) ? -1 : 0;
}

/** How much logarithms scatter. */
export interface Spread {
  readonly variance: number;
  readonly degrees: number;
}

const logsOf = (trials: readonly TrialSamples[]): number[] =>
  trials.map((trial) => Math.log(sampleMedian(trial)));

/** Of logarithms around their mean. */
export function spreadOf(logs: readonly number[]): Spread {
  if (logs.length < 2) return { variance: 0, degrees: 0 };
  const centre = mean(logs);
  const squares = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0);
  return { variance: squares / (logs.length - 1), degrees: logs.length - 1 };
}

/** Several spreads around several centres as one; without any degree of freedom nothing is known, and the variance is 0. */
export function pooled(spreads: readonly Spread[]): Spread {
  const degrees = spreads.reduce((sum, one) => sum + one.degrees, 0);
  const squares = spreads.reduce((sum, one) => sum + one.variance * one.degrees, 0);
  return { variance: degrees > 0 ? squares / degrees : 0, degrees };
}
