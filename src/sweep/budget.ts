import type { Reason } from "../format/reason.ts";
import type { Cell } from "../format/trial_record.ts";
import { cellKey } from "../format/trial_record.ts";
import { family, type Predictor } from "./predict.ts";

export interface Planned {
  readonly cell: Cell;
  readonly round: number;
}

/** Rounds that a cell needs before its figures mean something; what the budget pays for first. */
const LEAST_ROUNDS = 3;
/** Predictions are off by some per cent: that much more must fit before a cell is begun or a sample is lengthened. */
const RESERVE = 1.1;
/** A trial may settle in a pace that is slower by this part of the time predicted (METHODOLOGY, "Comparisons"). */
const ERROR_OF_TRIAL = 0.5;

/** A trial that takes more than this part of what is left can cost many others their place. */
const LONG = 1 / 20;

/**
 * Whether the first of `trials`, those of the first round that are still to come, should wait for the others: it is
 * long, and one that is not is among them. When it has its turn, all others have begun and are predicted well.
 */
export function shouldWait(
  trials: readonly Planned[],
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): boolean {
  const [first, ...others] = trials.map(({ cell }) =>
    predictor.trialNs(cell, epochs) > LONG * remainingNs
  );
  return first && others.includes(false);
}

/**
 * Which of the trials to come the budget pays for. A cell gets its first three rounds or none, because a figure of one
 * trial is worth little and costs the rounds of others. Cells that were begun come first, then every program's smallest
 * subset, then the cells with the shortest epochs, where a program's two smallest subsets, from which the others are
 * predicted, may be 16 times as long: the largest subsets of slow programs are left out first. What is left pays for further
 * rounds, the cheapest first. Where not one whole cell fits, single trials do.
 *
 * `measured` has the number of trials that gave figures, by the key of their cell.
 */
export function affordable(
  trials: readonly Planned[],
  measured: ReadonlyMap<string, number>,
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
  leastRounds = LEAST_ROUNDS,
): Planned[] {
  const rankOf = ranks(trials.map(({ cell }) => cell));
  const cells = [...Map.groupBy(trials, ({ cell }) => cellKey(cell))].map(([key, ofCell]) => {
    const [{ cell }] = ofCell;
    const inOrder = ofCell.toSorted((a, b) => a.round - b.round);
    const had = measured.get(key) ?? 0;
    const least = Math.max(0, leastRounds - had);
    return {
      isBegun: had > 0,
      isSmallest: rankOf(cell) === 0,
      costNs: predictor.epochNs(cell) / (rankOf(cell) < FOR_LAW ? LAW_COUNTS : 1),
      ns: predictor.trialNs(cell, epochs),
      first: inOrder.slice(0, least),
      more: inOrder.slice(least),
    };
  }).sort((a, b) =>
    Number(b.isBegun) - Number(a.isBegun) || Number(b.isSmallest) - Number(a.isSmallest) ||
    a.costNs - b.costNs
  );
  let neededNs = 0;
  const taken: Planned[] = [];
  const take = (wanted: readonly Planned[], ns: number, reserve: number): void => {
    const more = wanted.length * ns;
    if (reserve * (neededNs + more) > remainingNs) return;
    neededNs += more;
    taken.push(...wanted);
  };
  // The trials of a cell that was begun count one by one: each makes its figures better.
  for (const { first, ns, isBegun } of cells) {
    if (isBegun) first.forEach((one) => take([one], ns, 1));
    else take(first, ns, RESERVE);
  }
  const isNothingWhole = taken.length === 0 && measured.size === 0;
  const singly = cells.flatMap(({ first, more, ns }) =>
    [...isNothingWhole ? first : [], ...more].map((one) => ({ one, ns }))
  ).sort((a, b) => a.one.round - b.one.round || a.ns - b.ns);
  for (const { one, ns } of singly) take([one], ns, 1);
  return taken;
}

/**
 * How many rounds a cell gets at least: three, or as many as every program's smallest subset can have, with those that
 * it has had. One program alone would answer nothing.
 */
export function leastRoundsOf(
  cells: readonly Cell[],
  measured: ReadonlyMap<string, number>,
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): number {
  const rankOf = ranks(cells);
  let [roundNs, hadNs] = [0, 0];
  for (const cell of cells.filter((one) => rankOf(one) === 0)) {
    const ns = predictor.trialNs(cell, epochs);
    roundNs += ns;
    hadNs += ns * (measured.get(cellKey(cell)) ?? 0);
  }
  const fitting = Math.floor((remainingNs / RESERVE + hadNs) / roundNs);
  return Math.max(1, Math.min(LEAST_ROUNDS, fitting));
}

/** Sizes from which the others of a program are predicted, and how much more expensive one of them may be. */
const [FOR_LAW, LAW_COUNTS] = [2, 16];

/** The place of a cell among the subsets of its program, from 0 for the smallest. */
function ranks(cells: readonly Cell[]): (cell: Cell) => number {
  const sizes = new Map(
    [...Map.groupBy(cells, family)].map(([name, of]) => [
      name,
      [...new Set(of.map(({ examples }) => examples))].sort((a, b) => a - b),
    ]),
  );
  return (cell) => sizes.get(family(cell))!.indexOf(cell.examples);
}

/** Why the first of the trials to come is skipped, which is not among the affordable ones. */
export function overBudget(
  trials: readonly Planned[],
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): Extract<Reason, { kind: "over-budget" }> {
  return {
    kind: "over-budget",
    predictedNs: predictor.trialNs(trials[0].cell, epochs),
    neededNs: trials.reduce((sum, { cell }) => sum + predictor.trialNs(cell, epochs), 0),
    leftNs: Math.max(0, remainingNs),
  };
}

/**
 * Sampling time of the next trial, the first of `affordable`: its least sampling time, and an equal share of what the
 * budget leaves after the least costs of all of them and a reserve. One trial of 10 s needs more reserve than twenty of
 * half a second, because the errors of single trials are independent: their squares add up.
 */
export function sampleBudgetNs(
  affordable: readonly Cell[],
  epochs: number,
  remainingNs: number,
  maxNs: number,
  predictor: Predictor,
): number {
  if (affordable.length === 0) return 0;
  const trialsNs = affordable.map((cell) => predictor.trialNs(cell, epochs));
  const needed = trialsNs.reduce((sum, ns) => sum + ns, 0);
  const spare = remainingNs -
    Math.max(RESERVE * needed, needed + ERROR_OF_TRIAL * Math.hypot(...trialsNs));
  const share = Math.max(0, spare / affordable.length);
  return Math.min(maxNs, predictor.leastSampleNs(affordable[0]) + share);
}
