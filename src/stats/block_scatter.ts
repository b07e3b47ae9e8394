import { trimmedMean } from "./log_time.ts";
import type { Spread } from "./moderate.ts";
import { type Deviation, jointDeviations } from "./joint_deviations.ts";
import { MAD_TO_DEVIATION, median, sumOf } from "./statistics.ts";
import { blockOf, sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** How the trials of each cell scatter, with the machine's pace in each block taken out. */
export interface BlockScatter {
  /** One for each cell. */
  readonly spreads: readonly Spread[];
  /** ln of the widest gap between neighbouring trials of each cell, in order of their times. */
  readonly gaps: readonly number[];
  /** Degrees of freedom of all together: one cell's spread shares the paces of the blocks with the others'. */
  readonly degrees: number;
  /** How the machine's pace scatters over the blocks. */
  readonly pace: Spread;
  /** ln of the machine's pace, by block (`blockOf`); none where a cell is alone. */
  readonly paces: ReadonlyMap<number | string, number>;
  /** ln of each cell's time at pace 1, by its place; none for a cell that is always alone. */
  readonly levels: ReadonlyMap<number, number>;
  /** How far cells of one series deviate alike in a block; 0 where blocks are rounds. */
  readonly correlation: number;
  /** The variance that the median deviation of all trials shows, which no neighbour moves; over nodes only, else 0. */
  readonly typical: number;
}

/** Passes of the fit; where every cell has every block, the first is exact. */
const PASSES = 8;
/** Nodes may lack whole cells, which takes more of them. */
const PASSES_OVER_NODES = 100;

/**
 * Fits ln time = cell + block by alternating means. A block is a round, or a node where trials stand for nodes
 * (`byNode`): the machine's pace in it is common to all its cells. What is left is the scatter of the trials.
 *
 * `series` names the series of each cell. What makes a program relatively fast on a node does so at every size, so cells
 * of one series may deviate together there; variances and degrees of freedom allow for that (`jointDeviations`).
 */
export function blockScatter(
  cells: readonly (readonly TrialSamples[])[],
  series?: readonly (number | string)[],
): BlockScatter {
  const trials = cells.flatMap((ofCell, cell) =>
    ofCell.map((trial) => ({
      cell,
      block: blockOf(trial),
      weight: weightOf(trial),
      log: Math.log(sampleMedian(trial)),
    }))
  );
  const isOverNodes = cells.some((ofCell) => ofCell.some((one) => one.trials !== undefined));
  const inBlock = Map.groupBy(trials, ({ block }) => block);
  // A trial alone in its block tells its pace, and nothing of its scatter.
  const shared = trials.filter(({ block }) => inBlock.get(block)!.length > 1);
  const byCell = Map.groupBy(shared, ({ cell }) => cell);
  const byBlock = Map.groupBy(shared, ({ block }) => block);
  const level = new Map<number, number>();
  const pace = new Map([...byBlock.keys()].map((block) => [block, 0]));
  const passes = isOverNodes ? PASSES_OVER_NODES : PASSES;
  for (let pass = 0; pass < passes; pass++) {
    for (const [cell, own] of byCell) {
      level.set(cell, weighted(own, ({ log, block }) => log - pace.get(block)!));
    }
    let greatest = 0;
    for (const [block, own] of byBlock) {
      const next = weighted(own, ({ log, cell }) => log - level.get(cell)!);
      greatest = Math.max(greatest, Math.abs(next - pace.get(block)!));
      pace.set(block, next);
    }
    if (isOverNodes && greatest < SETTLED) break;
  }
  const deviations = cells.map((_, i): Deviation[] =>
    (byCell.get(i) ?? []).map(({ log, block, weight }) => {
      const others = byBlock.get(block)!.length;
      // The pace was fitted to this trial, too, which hides a part of its scatter.
      const part = Math.sqrt(others / (others - 1) * weight);
      return { block, value: part * (log - level.get(i)! - pace.get(block)!) };
    })
  );
  const values = deviations.map((own) => own.map(({ value }) => value));
  const spreads = values.map(spreadOf);
  const all = sumOf(spreads, ({ degrees }) => degrees);
  const found = {
    spreads,
    gaps: values.map(widestGap),
    pace: spreadOf([...pace.values()]),
    degrees: Math.max(1, all * (1 - byBlock.size / Math.max(1, shared.length))),
    paces: pace,
    levels: level,
    correlation: 0,
    typical: 0,
  };
  if (!isOverNodes || series === undefined) return found;
  const joint = jointDeviations(deviations, series);
  const own = spreads.map(({ variance, degrees }, i): Spread => ({
    variance: variance * joint.variance,
    degrees: degrees * joint.degrees[i],
  }));
  const lost = all * byBlock.size / Math.max(1, shared.length);
  return {
    ...found,
    spreads: own,
    degrees: Math.max(1, sumOf(own, ({ degrees }) => degrees) - lost),
    correlation: joint.correlation,
    typical: joint.variance * typicalOf(values.flat()),
  };
}

const typicalOf = (deviations: readonly number[]): number =>
  deviations.length === 0 ? 0 : (MAD_TO_DEVIATION * median(deviations.map(Math.abs))) ** 2;

/** A change of a pace by less than this, in logarithms, is none. */
const SETTLED = 1e-12;

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
