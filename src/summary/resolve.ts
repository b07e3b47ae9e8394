import { byNode } from "../stats/by_node.ts";
import { median } from "../stats/statistics.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import { medianSequence } from "../stats/confidence_sequence.ts";
import { type MeasuredCell, measuredCell } from "./estimate.ts";
import { withoutCopy } from "./noise_floor.ts";
import { problemKey } from "./problem_key.ts";
import { pairedLogRatios } from "../stats/ratio.ts";
import { compareCells } from "./series.ts";
import { codeThatRan, withoutRepetitions } from "./threads_that_ran.ts";
import { isUsable, sortTrials } from "./sort_trials.ts";
import { ALPHA, verdictOf } from "../stats/verdict.ts";
import type { RunFile } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import { known } from "../base/known.ts";

/** Two cells of the same problem, after all rounds so far. */
type ResolvedPair = NonNullable<Summary["resolved"]>["pairs"][number];

interface ResolveRule {
  /** Ratios from 1 / (1 + threshold) to 1 + threshold count as the same: 0.02 = 2 %. */
  readonly threshold: number;
  /** Probability that any limit of any pair is ever wrong, however often one looks. */
  readonly alpha: number;
}

/**
 * Every pair of cells that the run compares, with its verdict. The interval is that of a confidence sequence, because
 * one looks after every round; other intervals of a report (`readPairs`) hold for a single look. The pairs share α
 * evenly (Bonferroni), because a sequence has no moment at which Holm could order them.
 *
 * Over several nodes each node gives one ratio, because the rounds of one are no independent evidence about others.
 *
 * The pairs are cells of the same problem that differ in implementation, runtime or threads. In a run that also
 * measures an earlier version of the code, each cell is compared with its earlier version (a) instead. Null twins are
 * left out. `compare` orders the pairs and, within one, a before b.
 */
export function resolvePairs(
  trials: readonly TrialRecord[],
  rule: ResolveRule,
  compare: (a: Cell, b: Cell) => number,
): ResolvedPair[] {
  const groups = Map.groupBy(trials.filter(isUsable), ({ cell }) => cellKey(cell));
  const cells = [...groups.values()].map((of) => ({ ...measuredCell(of), ran: codeThatRan(of) }))
    .sort((a, b) => compare(a.cell, b.cell));
  const pairs = pairsOf(cells);
  const blocks = byNode(cells.map(({ steady }) => steady));
  const blocksOf = new Map(cells.map(({ steady }, i) => [steady, blocks[i]]));
  return pairs.map(([a, b]) => {
    const rounds = pairedLogRatios(a.steady, b.steady).length;
    const logRatios = pairedLogRatios(blocksOf.get(a.steady)!, blocksOf.get(b.steady)!);
    const [low, high] = medianSequence(logRatios, rule.alpha / pairs.length).map(Math.exp);
    return known({
      a: a.cell,
      b: b.cell,
      rounds,
      ratio: rounds > 0 ? Math.exp(median(logRatios)) : undefined,
      low: low > 0 ? low : undefined,
      high: high < Infinity ? high : undefined,
      verdict: verdictOf([low, high], rule.threshold),
    });
  });
}

/**
 * The keys of the cells of a run that another round may resolve; none without `plan.resolve`. A cell that ran the code of
 * another is in no pair, as in the summary.
 */
export function cellsToResolve(run: RunFile, trials: readonly TrialRecord[]): ReadonlySet<string> {
  const { resolve: threshold } = run.plan;
  if (threshold === undefined) return new Set();
  const { repeated } = withoutRepetitions(sortTrials(trials, compareCells(run.plan)).cells, run);
  const keys = new Set(repeated.map(({ trial }) => cellKey(trial.cell)));
  const own = trials.filter(({ cell }) => !keys.has(cellKey(cell)));
  return unresolvedCells(own, { threshold, alpha: ALPHA });
}

/**
 * The keys (`cellKey`) of the cells that another round may resolve: the cells of unresolved pairs and their null twins.
 * A cell whose last trial failed or was skipped stops, and so do its pairs.
 */
export function unresolvedCells(
  trials: readonly TrialRecord[],
  rule: ResolveRule,
): ReadonlySet<string> {
  const lastRecords = new Map<string, TrialRecord>();
  for (const trial of trials) {
    const key = cellKey(trial.cell);
    if (trial.round >= (lastRecords.get(key)?.round ?? 0)) lastRecords.set(key, trial);
  }
  const goesOn = (cell: Cell): boolean => isUsable(lastRecords.get(cellKey(cell))!);
  const open = new Set(
    resolvePairs(trials, rule, () => 0)
      .filter(({ a, b, verdict }) => verdict === "unresolved" && goesOn(a) && goesOn(b))
      .flatMap(({ a, b }) => [cellKey(a), cellKey(b)]),
  );
  for (const { cell } of lastRecords.values()) {
    if (cell.copy === "twin" && goesOn(cell) && open.has(cellKey(withoutCopy(cell)))) {
      open.add(cellKey(cell));
    }
  }
  return open;
}

/** A cell, and what is equal where the same code ran with as many threads. */
type RanCell = MeasuredCell & { readonly ran: string };

function pairsOf(cells: readonly RanCell[]): [MeasuredCell, MeasuredCell][] {
  const present = cells.filter(({ cell }) => cell.copy === undefined);
  const earlier = cells.filter(({ cell }) => cell.copy === "reference");
  if (earlier.length > 0) {
    return earlier.flatMap((a): [MeasuredCell, MeasuredCell][] => {
      const b = present.find(({ cell }) => cellKey(cell) === cellKey(withoutCopy(a.cell)));
      return b ? [[a, b]] : [];
    });
  }
  return present.flatMap((a, i) =>
    present.slice(i + 1)
      .filter((b) => problemKey(a.cell) === problemKey(b.cell) && a.ran !== b.ran)
      .map((b): [MeasuredCell, MeasuredCell] => [a, b])
  );
}
