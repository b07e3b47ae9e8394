import type { Cell } from "../format/trial_record.ts";
import { flopPerExample } from "../model/flop.ts";
import type { TrialOptions } from "../trial/run_trial.ts";
import { cheapSubsetFirst } from "./order_and_keys.ts";
import { pilotFamily } from "./predict.ts";
import type { PreparedSweep } from "./prepared_sweep.ts";
import { uniqueCells } from "./schedule.ts";

/** Time spent on predicting an epoch, at most this share of the budget. */
const [PILOT_NS, PILOT_SHARE] = [0.1e9, 0.01];
/** A pilot takes seconds, even where a library starts slowly; one that takes longer than this hangs. */
const [LEAST_PILOT_TIMEOUT_MS, PILOT_TIMEOUT_SHARE] = [15_000, 0.25];

/** A trial that only predicts how long an epoch of this cell takes. */
function pilotTrial(prepared: PreparedSweep, cell: Cell): TrialOptions {
  const budgetMs = prepared.plan.budgetSeconds * 1e3;
  const forNs = Math.min(PILOT_NS, PILOT_SHARE * budgetMs * 1e6);
  const trial = prepared.trial(cell, 1, 0, { pace: { forNs } });
  const mostMs = Math.max(LEAST_PILOT_TIMEOUT_MS, PILOT_TIMEOUT_SHARE * budgetMs);
  return { ...trial, timeoutMs: Math.min(mostMs, trial.timeoutMs) };
}

/** A trial that certainly takes no longer than this shows what a pilot would, whose process takes as long. */
const SHORT_NS = 1.5e9;
/** naive_loop, the slowest of Slope's own programs, on a slow machine: 160 µs per example. */
const SLOWEST_NS_PER_FLOP = 3;

/** Whether none of these cells of a program of Slope's own can take long. */
export const areShort = (cells: readonly Cell[], epochs: number): boolean =>
  cells.every((cell) => {
    const epochNs = SLOWEST_NS_PER_FLOP * flopPerExample(cell).total * cell.examples;
    return (epochs + 1) * epochNs <= SHORT_NS;
  });

/**
 * A pilot for each family of these cells: its smallest subset and the largest network there, because what costs most is
 * predicted best. Slope's own programs have none where every trial is short. Asks `isOpen` when the turn of a cell comes.
 */
export function* pilotTrials(
  prepared: PreparedSweep,
  cells: readonly Cell[],
  isOpen: (cell: Cell) => boolean,
): Generator<{ readonly cell: Cell; readonly pilot: TrialOptions }> {
  const tried = new Set<string>();
  for (const cell of uniqueCells(cells).sort(cheapSubsetFirst)) {
    const family = pilotFamily(cell);
    if (!isOpen(cell) || tried.has(family)) continue;
    tried.add(family);
    const pilot = pilotTrial(prepared, cell);
    const isOwn = pilot.request.plugin === undefined && pilot.codeFolder === undefined;
    const likeIt = cells.filter((one) => pilotFamily(one) === family);
    if (isOwn && areShort(likeIt, prepared.plan.epochs)) continue;
    yield { cell, pilot };
  }
}
