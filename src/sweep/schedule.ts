import { randomFrom, shuffle } from "../base/random.ts";
import type { DescribedImplementation } from "../trial/protocol.ts";
import { type Cell, cellKey } from "../trial/record.ts";
import type { Plan } from "./plan.ts";

/** An implementation, and the plug-in file that it comes from. */
export interface Candidate extends DescribedImplementation {
  readonly plugin?: string;
}

/** Every cell of a plan, in its natural order. Batches larger than a subset become the whole subset. */
export function cellsOf(plan: Plan, candidates: readonly Candidate[]): Cell[] {
  const cells: Cell[] = [];
  for (const candidate of candidates) {
    for (const runtime of plan.runtimes) {
      for (const seed of plan.seeds) {
        for (const batch of plan.batchSizes) {
          for (const examples of plan.sizes) {
            cells.push({
              implementation: candidate.name,
              runtime,
              examples,
              batchSize: batch === "full" ? examples : batch,
              layerSizes: [...plan.layerSizes],
              hiddenActivation: plan.hiddenActivation,
              outputLoss: plan.outputLoss,
              precision: candidate.precision,
              threads: plan.threads,
              seed,
            });
          }
        }
      }
    }
  }
  // "full" and a number may name the same cell at one size.
  return [...new Map(cells.map((cell) => [cellKey(cell), cell])).values()];
}

/** The cells in the order of one round: a seeded shuffle, different in every round. */
export function orderOfRound(cells: readonly Cell[], seed: number, round: number): Cell[] {
  return shuffle([...cells], randomFrom(seed, `round ${round}`));
}
