import type { Reason } from "../format/reason.ts";
import type { Cell } from "../format/trial_record.ts";
import { cellKey } from "../format/trial_record.ts";
import type { Predictor } from "./predict.ts";

export interface Planned {
  readonly cell: Cell;
  readonly round: number;
}

/**
 * Why the first of the trials to come is skipped; undefined when it is run. `remainingNs` goes first to one trial of
 * every cell that is not `measured` yet, then to the other trials, the cheapest first in both cases: one trial of an
 * expensive cell costs as much as many of small cells, and few trials of a cell are better than none.
 */
export function overBudget(
  trials: readonly Planned[],
  measured: ReadonlySet<string>,
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): Extract<Reason, { kind: "over-budget" }> | undefined {
  const seen = new Set(measured);
  const costs = trials.map(({ cell, round }) => {
    const isFirst = !seen.has(cellKey(cell));
    seen.add(cellKey(cell));
    return { round, isFirst, ns: predictor.trialNs(cell, epochs) };
  });
  const cheapestFirst = [...costs].sort((a, b) =>
    Number(b.isFirst) - Number(a.isFirst) || a.ns - b.ns || a.round - b.round
  );
  let given = 0;
  for (const trial of cheapestFirst) {
    const fits = given + trial.ns <= remainingNs;
    if (fits) given += trial.ns;
    if (trial !== costs[0]) continue;
    if (fits) return undefined;
    return {
      kind: "over-budget",
      predictedNs: trial.ns,
      neededNs: costs.reduce((sum, { ns }) => sum + ns, 0),
      leftNs: Math.max(0, remainingNs),
    };
  }
  return undefined;
}

/**
 * Sampling time of the next trial, the first of `remaining`: its least sampling time, and an equal share of what the
 * budget leaves after the least costs of all remaining trials.
 */
export function sampleBudgetNs(
  remaining: readonly Cell[],
  epochs: number,
  remainingNs: number,
  maxNs: number,
  predictor: Predictor,
): number {
  if (remaining.length === 0) return 0;
  const needed = remaining.reduce((sum, cell) => sum + predictor.trialNs(cell, epochs), 0);
  const spare = remainingNs - needed;
  const share = Math.max(0, spare / remaining.length);
  return Math.min(maxNs, predictor.leastSampleNs(remaining[0]) + share);
}
