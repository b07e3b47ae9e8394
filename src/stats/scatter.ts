import { MAD_TO_DEVIATION, median } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/**
 * The variance of a cell's mean log time that the luck of trials alone causes, for cells measured in the same rounds.
 * It comes from differences between one round and the next, less their median, because the machine's pace moves all
 * cells together. The median absolute deviation ignores a trial that a neighbour hit. 0 where no two consecutive
 * rounds have two cells in common.
 */
export function scatterOf(cells: readonly (readonly TrialSamples[])[]): number {
  const all = cells.flatMap((trials, cell) => trials.map((trial) => ({ cell, trial })));
  const rounds = [...Map.groupBy(all, ({ trial }) => trial.round)]
    .sort(([a], [b]) => a - b)
    .map(([, of]) => new Map(of.map(({ cell, trial }) => [cell, Math.log(sampleMedian(trial))])));
  const apart = rounds.slice(1).flatMap((round, i) => {
    const changes = [...round].flatMap(([cell, log]) => {
      const before = rounds[i].get(cell);
      return before === undefined ? [] : [log - before];
    });
    if (changes.length < 2) return [];
    const common = median(changes);
    return changes.map((change) => Math.abs(change - common));
  });
  if (apart.length === 0) return 0;
  // The difference of two trials has twice the variance of one.
  return (MAD_TO_DEVIATION * median(apart)) ** 2 / 2 / rounds.length;
}
