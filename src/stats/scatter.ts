import { median } from "./statistics.ts";
import { sampleMedian, type TrialSamples } from "./trial_samples.ts";

/** A median absolute deviation of 1 is a standard deviation of this, of normal values. */
const NORMAL = 1.4826;

/**
 * The variance that the luck of trials alone gives the log times of cells that were measured in the same rounds: of
 * the differences between one round and the next, less what is common to all cells, since a pace of the machine
 * moves them together. By the median absolute deviation, so that a trial that a neighbour hit does not count.
 * 0 where no two rounds have two cells in common.
 */
export function scatterOf(cells: readonly (readonly TrialSamples[])[]): number {
  const byRound = new Map<number, Map<number, number>>();
  cells.forEach((trials, cell) => {
    for (const trial of trials) {
      const round = byRound.get(trial.round) ?? new Map<number, number>();
      byRound.set(trial.round, round.set(cell, Math.log(sampleMedian(trial))));
    }
  });
  const rounds = [...byRound].sort(([a], [b]) => a - b).map(([, round]) => round);
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
  // A difference of two trials varies twice as much as one.
  return (NORMAL * median(apart)) ** 2 / 2 / rounds.length;
}
