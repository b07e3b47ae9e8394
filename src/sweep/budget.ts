import type { Cell } from "../trial/record.ts";
import { cellKey } from "../trial/record.ts";
import type { Predictor } from "./predict.ts";

/**
 * Chooses the cells that must be left out so that the rest, all rounds of it, fits into `remainingNs`:
 * the costliest first, because one of them pays for many small ones. Returns key → reason.
 */
export function cellsOverBudget(
  cells: readonly Cell[],
  rounds: number,
  epochs: number,
  remainingNs: number,
  predictor: Predictor,
): Map<string, string> {
  const costs = cells
    .map((cell) => ({ cell, ns: predictor.trialNs(cell, epochs) * rounds }))
    .sort((a, b) => b.ns - a.ns);
  let total = costs.reduce((sum, { ns }) => sum + ns, 0);
  const skipped = new Map<string, string>();
  for (const { cell, ns } of costs) {
    if (total <= remainingNs) break;
    skipped.set(
      cellKey(cell),
      `predicted ${seconds(ns)} for ${rounds} rounds; all cells together need ` +
        `${seconds(total)} of the ${seconds(remainingNs)} left of the budget ` +
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
