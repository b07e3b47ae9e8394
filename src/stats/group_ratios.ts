import { halfWidth } from "./log_time.ts";
import { sampleScatter, withinError } from "./median_error.ts";
import { spreadOf } from "./block_scatter.ts";
import { atLeast, moderated, pool, priorOf } from "./moderate.ts";
import { type Pair, type Ratio, shareLuck, unpairedRatio } from "./ratio.ts";
import { sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** Below this, the spread of one group is hardly known: both groups' together serve better than Welch's. */
const ENOUGH_FOR_WELCH = 5;

/**
 * The ratios b / a of cells that two runs share, without common rounds. Each has the standard error that gives the
 * widest interval at `confidence`, of:
 *
 * - the scatter of the cell's kernel, pooled over its cells, which has seen the other of two paces, and moderated by
 *   that of all kernels (`priorOf`); never below what the cell's own trials show (`atLeast`);
 * - the samples within the trials: medians of two disturbed samples each may agree by chance;
 * - from five trials a side on, the two groups' own.
 *
 * The widest of valid intervals covers at least as often as each.
 */
export function ratiosOfGroups(cells: readonly Pair[], confidence: number): Ratio[] {
  const spreads = cells.map(({ a, b }) => pool([a, b].map((trials) => spreadOf(logsOf(trials)))));
  const kernels = Map.groupBy(cells.keys(), (i) => cells[i].kernel);
  const ofKernel = new Map(
    [...kernels].map(([kernel, of]) => [kernel, pool(of.map((i) => spreads[i]))]),
  );
  const scatters = new Map(
    [...kernels].map(([kernel, of]) => [
      kernel,
      sampleScatter(of.flatMap((i) => [...cells[i].a, ...cells[i].b])),
    ]),
  );
  const prior = priorOf([...ofKernel.values()]);
  const most = sumOf(spreads, ({ degrees }) => degrees);
  const ratios = cells.map(({ a, b, kernel }, i): Ratio => {
    const own = unpairedRatio(a, b);
    const { variance, degrees } = atLeast(spreads[i], moderated(ofKernel.get(kernel)!, prior));
    const errors = [
      ...(Math.min(a.length, b.length) < ENOUGH_FOR_WELCH ? [] : [own]),
      {
        standardError: Math.sqrt(variance * (1 / a.length + 1 / b.length)),
        degrees: Math.max(1, Math.min(degrees, most)),
      },
      withinError(a, b, scatters.get(kernel)!),
    ];
    const widest = errors.reduce((x, y) =>
      halfWidth(y, confidence) > halfWidth(x, confidence) ? y : x
    );
    return { ...own, standardError: widest.standardError, degrees: widest.degrees };
  });
  return shareLuck(ratios, cells, cells.map(sideOf));
}

function sideOf({ a, b }: Pair): number {
  const [ofA, ofB] = [a, b].map(logsOf);
  if (Math.min(...ofB) > Math.max(...ofA)) return 1;
  return Math.max(...ofB) < Math.min(...ofA) ? -1 : 0;
}

const logsOf = (trials: readonly TrialSamples[]): number[] =>
  trials.map((trial) => Math.log(sampleMedian(trial)));
