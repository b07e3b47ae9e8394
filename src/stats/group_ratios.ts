import { halfWidth } from "./log_time.ts";
import { sampleScatter, withinError } from "./median_error.ts";
import { spreadOf } from "./block_scatter.ts";
import { pool, type Spread } from "./moderate.ts";
import { type Pair, type Ratio, shareLuck, unpairedRatio } from "./ratio.ts";
import { median, sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** Below this, the spread of one group is hardly known: both groups' together serve better than Welch's. */
const ENOUGH_FOR_WELCH = 5;

/**
 * The ratios b / a of cells that two runs share, without common rounds. Each has the standard error that gives the
 * widest interval at `confidence`, of:
 *
 * - the cell's own;
 * - the pooled spread of all cells of its kernel, which has seen the other of two paces;
 * - the median spread of all cells;
 * - the samples within the trials: medians of two disturbed samples each may agree by chance.
 *
 * The widest of valid intervals covers at least as often as each.
 */
export function ratiosOfGroups(cells: readonly Pair[], confidence: number): Ratio[] {
  const spreads = cells.map(({ a, b }) => pool([a, b].map((trials) => spreadOf(logsOf(trials)))));
  const ofKernel = poolByKernel(cells, spreads);
  const scatters = new Map(
    [...Map.groupBy(cells, ({ kernel }) => kernel)].map(([kernel, alike]) => [
      kernel,
      sampleScatter(alike.flatMap(({ a, b }) => [...a, ...b])),
    ]),
  );
  const typical = typicalSpread(spreads);
  const ratios = cells.map(({ a, b, kernel }, i): Ratio => {
    const own = unpairedRatio(a, b);
    const errors = [
      ...(Math.min(a.length, b.length) < ENOUGH_FOR_WELCH ? [] : [own]),
      ...[spreads[i], ofKernel.get(kernel)!, typical].map(({ variance, degrees }) => ({
        standardError: Math.sqrt(variance * (1 / a.length + 1 / b.length)),
        degrees,
      })),
      withinError(a, b, scatters.get(kernel)!),
    ];
    const { standardError, degrees } = errors.reduce((x, y) =>
      halfWidth(y, confidence) > halfWidth(x, confidence) ? y : x
    );
    return { ...own, standardError, degrees };
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

/** The pooled spread of each kernel. */
function poolByKernel(
  pairs: readonly Pick<Pair, "kernel">[],
  spreads: readonly Spread[],
): Map<string, Spread> {
  const places = Map.groupBy(pairs.keys(), (i) => pairs[i].kernel);
  return new Map([...places].map(([kernel, of]) => [kernel, pool(of.map((i) => spreads[i]))]));
}

/** The median variance, as well known as all spreads together. */
const typicalSpread = (spreads: readonly Spread[]): Spread => ({
  variance: spreads.length > 0 ? median(spreads.map(({ variance }) => variance)) : 0,
  degrees: sumOf(spreads, ({ degrees }) => degrees),
});
