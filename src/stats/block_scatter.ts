import { trimmedMean } from "./log_time.ts";
import type { Spread } from "./moderate.ts";
import { sumOf } from "./statistics.ts";
import { sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** How the trials of each cell scatter, with the machine's pace in each round taken out. */
export interface BlockScatter {
  /** One for each cell. */
  readonly spreads: readonly Spread[];
  /** ln of the widest gap between neighbouring trials of each cell, in order of their times. */
  readonly gaps: readonly number[];
  /** Degrees of freedom of all together: one cell's spread shares the paces of the rounds with the others'. */
  readonly degrees: number;
  /** How the machine's pace scatters over the rounds. */
  readonly pace: Spread;
}

/** Passes of the fit; where every cell has every round, the first is exact. */
const PASSES = 8;

/**
 * Fits ln time = cell + round by alternating means: a round is a block, and the machine's pace in it is common to all
 * its cells. What is left is the scatter of the trials.
 */
export function blockScatter(cells: readonly (readonly TrialSamples[])[]): BlockScatter {
  const trials = cells.flatMap((ofCell, cell) =>
    ofCell.map((trial) => ({
      cell,
      round: trial.round,
      weight: weightOf(trial),
      log: Math.log(sampleMedian(trial)),
    }))
  );
  const inRound = Map.groupBy(trials, ({ round }) => round);
  // A trial alone in its round tells its pace, and nothing of its scatter.
  const shared = trials.filter(({ round }) => inRound.get(round)!.length > 1);
  const byCell = Map.groupBy(shared, ({ cell }) => cell);
  const byRound = Map.groupBy(shared, ({ round }) => round);
  const level = new Map<number, number>();
  const pace = new Map([...byRound.keys()].map((round) => [round, 0]));
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [cell, own] of byCell) {
      level.set(cell, weighted(own, ({ log, round }) => log - pace.get(round)!));
    }
    for (const [round, own] of byRound) {
      pace.set(round, weighted(own, ({ log, cell }) => log - level.get(cell)!));
    }
  }
  const rest = cells.map((_, i) =>
    (byCell.get(i) ?? []).map(({ log, round, weight }) => {
      const others = byRound.get(round)!.length;
      // The pace was fitted to this trial, too, which hides a part of its scatter.
      const part = Math.sqrt(others / (others - 1) * weight);
      return part * (log - level.get(i)! - pace.get(round)!);
    })
  );
  const spreads = rest.map(spreadOf);
  return {
    spreads,
    gaps: rest.map(widestGap),
    pace: spreadOf([...pace.values()]),
    degrees: Math.max(
      1,
      sumOf(spreads, ({ degrees }) => degrees) * (1 - byRound.size / Math.max(1, shared.length)),
    ),
  };
}

function widestGap(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.slice(1).map((value, i) => value - sorted[i]));
}

const weighted = <T extends { weight: number }>(all: readonly T[], value: (one: T) => number) =>
  sumOf(all, (one) => one.weight * value(one)) / sumOf(all, ({ weight }) => weight);

/** The (winsorised) variance behind the error of a trimmed mean; 0 degrees where there are fewer than two values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length < 2) return { variance: 0, degrees: 0 };
  const { standardError, degrees } = trimmedMean(values);
  return { variance: standardError ** 2 * values.length, degrees };
}
