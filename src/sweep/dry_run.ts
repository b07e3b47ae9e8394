import { join } from "node:path";
import { known } from "../base/known.ts";
import { InputError } from "../base/errors.ts";
import type { RunFile } from "../format/plan.ts";
import type { Reason } from "../format/reason.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import { availableHost } from "../machine/host.ts";
import { affordable, leastRoundsOf, overBudget, type Planned } from "./budget.ts";
import { roundsOf } from "./order_and_keys.ts";
import { createPredictor, LEAST_SAMPLING_NS, pilotFamily, type Predictor } from "./predict.ts";
import { prepareSweep, type Setup } from "./prepared_sweep.ts";
import { readableRun, runNames } from "./run_folder.ts";
import { orderOfRound } from "./schedule.ts";

interface EarlierRun {
  readonly name: string;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/** A cell that a sweep would measure, or why not. */
export interface CellToRun {
  readonly cell: Cell;
  /** 0 where it would be skipped. */
  readonly trials: number;
  /** Absent where no earlier run timed such a cell. */
  readonly trialNs?: number;
  readonly reasons?: Reason[];
}

export interface SweepToRun {
  readonly cells: readonly CellToRun[];
  /** Absent where a cell that would be run has no prediction. */
  readonly predictedNs?: number;
  /** Names of the earlier runs that the prediction rests on. */
  readonly from: readonly string[];
}

/** Only the newest runs are read. */
const MOST_RUNS = 10;

/** The newest runs in `out` that this machine measured, the newest first; none where there is no such folder. */
export function earlierRunsHere(
  out: string,
  onUnreadable: (name: string, error: InputError) => void,
): EarlierRun[] {
  const { cpu, cores, arch } = availableHost();
  return existingNames(out).slice(-MOST_RUNS).reverse().flatMap((name) => {
    const read = readableRun(join(out, name), (error) => onUnreadable(name, error));
    if (read === undefined) return [];
    const { run, trials } = read;
    const { environment } = run;
    const isHere = cpu === environment.cpu && cores === environment.cores &&
      arch === environment.arch;
    return isHere ? [{ name, run, trials }] : [];
  });
}

function existingNames(out: string): string[] {
  try {
    return runNames(out);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** Which cells a sweep would measure, and how long it would take by what earlier runs of this machine took. */
export async function planDryRun(
  setup: Setup,
  earlier: readonly EarlierRun[],
  signal?: AbortSignal,
): Promise<SweepToRun> {
  const { plan } = setup;
  const none = { ofSeed: new Map(), remove: () => Promise.resolve() }; // no trial reads it
  const prepared = await prepareSweep(setup, signal, undefined, none);
  await prepared.close();
  const { predictor, isKnown, from } = predictorFrom(earlier, plan.maxSampleSeconds);
  const reasonOf = (cell: Cell) => prepared.unavailable(cell) ?? prepared.untimed(cell);
  const open = prepared.cells.filter((cell) => reasonOf(cell) === undefined);
  const isWhole = open.every(isKnown);
  const isOpenEnded = plan.resolve !== undefined || plan.crossover !== undefined;
  // With --resolve, `rounds` is a limit that the budget ends first.
  const rounds = roundsOf(plan.resolve === undefined ? plan.rounds : 1);
  const planned = rounds.flatMap((round) =>
    orderOfRound(open, plan.seeds[0], round).map((cell): Planned => ({ cell, round }))
  );
  const budgetNs = plan.budgetSeconds * 1e9;
  const paid = isWhole ? paidBy(budgetNs, planned, open, plan.epochs, predictor) : planned;
  const trialsOf = Map.groupBy(paid, ({ cell }) => cellKey(cell));
  const cells = prepared.cells.map((cell): CellToRun => {
    const reason = reasonOf(cell);
    const trials = trialsOf.get(cellKey(cell))?.length ?? 0;
    const ofCell = planned.filter((one) => cellKey(one.cell) === cellKey(cell));
    const skipped = reason ??
      (trials === 0 ? overBudget(ofCell, plan.epochs, budgetNs, predictor) : undefined);
    return known({
      cell,
      trials,
      trialNs: reason === undefined && isKnown(cell)
        ? predictor.trialNs(cell, plan.epochs)
        : undefined,
      reasons: skipped && [skipped],
    });
  });
  const predictedNs = isOpenEnded ? budgetNs : timeOf(paid, budgetNs, plan, predictor);
  return { cells, ...isWhole && { predictedNs }, from };
}

function paidBy(
  budgetNs: number,
  planned: readonly Planned[],
  open: readonly Cell[],
  epochs: number,
  predictor: Predictor,
): Planned[] {
  const least = leastRoundsOf(open, new Map(), epochs, budgetNs, predictor);
  return affordable(planned, new Map(), epochs, budgetNs, predictor, least);
}

/** The trials with the least sampling, and as much more sampling as the budget and the plan allow. */
function timeOf(
  paid: readonly Planned[],
  budgetNs: number,
  { epochs, maxSampleSeconds }: Setup["plan"],
  predictor: Predictor,
): number {
  let [leastNs, moreNs] = [0, 0];
  for (const { cell } of paid) {
    leastNs += predictor.trialNs(cell, epochs);
    moreNs += Math.max(0, maxSampleSeconds * 1e9 - predictor.leastSampleNs(cell));
  }
  return leastNs + Math.min(moreNs, Math.max(0, budgetNs - leastNs));
}

/** A copy takes as long as what it copies. */
const original = ({ copy: _, ...cell }: Cell): Cell => cell;
const ofOriginals = (predictor: Predictor): Predictor => ({
  ...predictor,
  epochNs: (cell) => predictor.epochNs(original(cell)),
  leastSampleNs: (cell) => predictor.leastSampleNs(original(cell)),
  trialNs: (cell, epochs) => predictor.trialNs(original(cell), epochs),
});

/** Learns from earlier trials, the oldest first. A program is known that any of them timed with the same B. */
function predictorFrom(earlier: readonly EarlierRun[], maxSampleSeconds: number) {
  const predictor = createPredictor(Math.min(LEAST_SAMPLING_NS, maxSampleSeconds * 1e9));
  const paces = new Set<string>();
  const from: string[] = [];
  for (const { name, trials } of earlier.toReversed()) {
    const timed = trials.filter(({ cell, status, training }) =>
      cell.copy === undefined && status === "ok" && (training?.epochs.length ?? 0) > 0
    );
    for (const trial of timed) {
      const last = trial.training!.epochs.at(-1)!;
      const { wallNs, trainNs = 0, sampleNs = 0 } = trial.durations ?? { wallNs: 0 };
      const processNs = Math.max(0, wallNs - trainNs - sampleNs);
      predictor.learnPace(trial.cell, last.trainNs / trial.cell.examples, processNs);
      predictor.learnTrial(trial);
      paces.add(pilotFamily(trial.cell));
    }
    if (timed.length > 0) from.push(name);
  }
  const isKnown = (cell: Cell) => paces.has(pilotFamily(original(cell)));
  return { predictor: ofOriginals(predictor), isKnown, from: from.reverse() };
}
