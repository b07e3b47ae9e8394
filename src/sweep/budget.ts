import type { Cell } from "../trial/record.ts";
import { cellKey } from "../trial/record.ts";
import type { Predictor } from "./predict.ts";

/**
 * Chooses the cells that must be left out so that the other trials to come fit into `remainingNs`: the
 * costliest first, because one of them pays for many small ones. `trials` names a cell once for each of
 * its trials to come. Returns key → reason.
 */
export function cellsOverBudget(
  trials: readonly Cell[],
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): Map<string, string> {
  const costs = new Map<string, { ns: number; rounds: number }>();
  for (const cell of trials) {
    const { ns, rounds } = costs.get(cellKey(cell)) ?? { ns: 0, rounds: 0 };
    costs.set(cellKey(cell), { ns: ns + predictor.trialNs(cell, epochs), rounds: rounds + 1 });
  }
  let total = [...costs.values()].reduce((sum, { ns }) => sum + ns, 0);
  const skipped = new Map<string, string>();
  for (const [key, { ns, rounds }] of [...costs].sort(([, a], [, b]) => b.ns - a.ns)) {
    if (total <= remainingNs) break;
    skipped.set(
      key,
      `predicted ${seconds(ns)} for ${rounds} rounds; all that is to come needs ` +
        `${seconds(total)} of the ${seconds(Math.max(0, remainingNs))} left of the budget ` +
        "(raise it with --budget, or choose smaller --sizes)",
    );
    total -= ns;
  }
  return skipped;
}

/**
 * Sampling time of the next trial, the first of `remaining`: one epoch, which it must have, and an equal
 * share of what the budget leaves when every remaining trial gets what it must have.
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
  return Math.min(maxNs, predictor.epochNs(remaining[0]) + share);
}

const seconds = (ns: number): string => `${(ns / 1e9).toPrecision(3)} s`;
