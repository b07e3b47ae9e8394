import { blockScatter } from "../stats/block_scatter.ts";
import { sampleScatter, trialVariance } from "../stats/median_error.ts";
import { moderated, pool, priorOf, type Spread } from "../stats/moderate.ts";
import { mean } from "../stats/statistics.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import type { CellScatter, SteadyTrial } from "./estimate.ts";

interface SeriesCell<T extends TrialSamples = SteadyTrial> {
  readonly steady: readonly T[];
  readonly series: number;
}

/**
 * The trials of `cells` with their weights. A trial counts in full as long as its own median is known at least as
 * well as trials of a cell differ; else by the ratio of the two variances. The variance of its median follows from its
 * samples, and from the time for which they waited: nobody knows what else went on meanwhile. `run` are the cells that
 * show how trials differ; without two trials of any all count in full.
 */
export function weighTrials(
  cells: readonly SeriesCell[],
  run: readonly SeriesCell[],
): SteadyTrial[][] {
  const between = priorOf(ofSeries(run, blockScatter(run.map(({ steady }) => steady)).spreads));
  if (between.variance === 0) return cells.map(({ steady }) => [...steady]);
  const scatters = new Map(
    [...Map.groupBy(run, ({ series }) => series)]
      .map(([series, of]) => [series, sampleScatter(of.flatMap(({ steady }) => steady))]),
  );
  const known = [...scatters.values()].filter((scatter) => scatter > 0);
  const typical = known.length > 0 ? mean(known) : 0;
  return cells.map(({ steady, series }) =>
    steady.map((trial): SteadyTrial => {
      const own = trialVariance(trial, scatters.get(series) || typical) +
        Math.log(1 - trial.waitedShare) ** 2;
      return own <= between.variance ? trial : { ...trial, weight: between.variance / own };
    })
  );
}

/**
 * How trials of each series scatter, with strength borrowed from all series: what the intervals of cells rest on. Where
 * trials stand for nodes (`byNode`), `drift` is what their paces changed over their rounds.
 */
export function scatterBySeries(
  cells: readonly SeriesCell<TrialSamples>[],
  drift?: Spread,
): (series: number) => CellScatter {
  const { spreads, degrees, pace } = blockScatter(
    cells.map(({ steady }) => steady),
    cells.map(({ series }) => series),
  );
  const own = ofSeries(cells, spreads);
  const prior = priorOf(own);
  return (series) => {
    const process = moderated(own[series] ?? { variance: 0, degrees: 0 }, prior);
    return {
      process: { ...process, degrees: Math.min(degrees, process.degrees) },
      pace: drift ?? pace,
    };
  };
}

/** By series, pooled over its cells. */
function ofSeries(cells: readonly { readonly series: number }[], spreads: readonly Spread[]) {
  const bySeries: Spread[] = [];
  for (const [series, of] of Map.groupBy(cells.keys(), (i) => cells[i].series)) {
    bySeries[series] = pool(of.map((i) => spreads[i]));
  }
  return bySeries;
}
