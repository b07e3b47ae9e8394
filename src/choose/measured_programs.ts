import { known } from "../base/known.ts";
import type { Reason } from "../format/reason.ts";
import type { Question } from "../format/answer.ts";
import { type Cell, cellKey } from "../format/trial_record.ts";
import { median, variance } from "../stats/statistics.ts";
import { sampleMedian } from "../stats/trial_samples.ts";
import { recordsAtMeanNode } from "../summary/at_mean_node.ts";
import { steadyTrial } from "../summary/estimate.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { compareCells } from "../summary/series.ts";
import { sortTrials, type UsableTrial } from "../summary/sort_trials.ts";
import { summarise } from "../summary/summarise.ts";
import { withoutRepetitions } from "../summary/threads_that_ran.ts";
import type { CostPoint } from "./cost_model.ts";

/** What may be chosen. */
export type Program = Pick<Cell, "implementation" | "runtime" | "threads" | "ranks">;

/** A program, and its times wherever it was measured with the question's activation and loss. */
export interface MeasuredProgram extends Program {
  readonly epochs: readonly CostPoint[];
  readonly starts: readonly CostPoint[];
}

/** Programs that give no figures, and why. */
export interface Excluded extends Program {
  readonly reasons: readonly Reason[];
}

export interface Measured {
  readonly programs: readonly MeasuredProgram[];
  readonly excluded: readonly Excluded[];
  /** Programs (`programKey`) that ran the same code with these minibatches. */
  readonly sameCode: readonly {
    readonly program: string;
    readonly stands: string;
    readonly batchSize: number;
  }[];
  /** Standard deviation of ln time between processes: of an epoch, and of the start. */
  readonly spread: { readonly epoch: number; readonly start: number };
}

/** Where no cell has two trials: what processes usually differ by. */
const USUAL_SPREAD = { epoch: 0.03, start: 0.2 };

/** Gathers the times of all programs from runs of one machine, and why others have none. */
export function measuredPrograms(
  runs: readonly NamedRun[],
  question: Pick<Question, "hiddenActivation" | "outputLoss">,
): Measured {
  const isAsked = (cell: Cell): boolean =>
    cell.copy === undefined && cell.hiddenActivation === question.hiddenActivation &&
    cell.outputLoss === question.outputLoss;
  const cells = runs.flatMap((run) => usableCells(run).filter(([trial]) => isAsked(trial.cell)));
  const times = cells.map((trials) => ({ trials, ...timesOf(trials) }));
  const spread = {
    epoch: spreadOf(times.map(({ epochs }) => epochs)) ?? USUAL_SPREAD.epoch,
    start: spreadOf(times.map(({ starts }) => starts)) ?? USUAL_SPREAD.start,
  };
  const byProgram = Map.groupBy(times, ({ trials }) => programKey(trials[0].cell));
  const pointOf = (cell: Cell, ns: readonly number[], deviation: number): CostPoint => ({
    work: cell,
    ns: median(ns),
    deviation: deviation / Math.sqrt(ns.length),
  });
  const programs = [...byProgram.values()].map((ofProgram): MeasuredProgram => {
    return {
      ...programIn(ofProgram[0].trials[0].cell),
      epochs: ofProgram.map(({ trials, epochs }) => pointOf(trials[0].cell, epochs, spread.epoch)),
      starts: ofProgram.map(({ trials, starts }) => pointOf(trials[0].cell, starts, spread.start)),
    };
  });
  return {
    programs,
    excluded: excludedFrom(runs, programs),
    sameCode: runs.flatMap(sameCodeIn),
    spread,
  };
}

/** Programs of a run that ran the code of another one. */
function sameCodeIn({ run, trials }: NamedRun): Measured["sameCode"] {
  const { cells } = sortTrials(trials, compareCells(run.plan));
  return withoutRepetitions(cells, run).repeated
    .filter(({ trial, stands }) => trial.cell.implementation !== stands.implementation)
    .map(({ trial: { cell }, stands }) => ({
      program: programKey(cell),
      stands: programKey(stands),
      batchSize: cell.batchSize,
    }));
}

const programIn = ({ implementation, runtime, threads, ranks }: Cell): Program =>
  known({ implementation, runtime, threads, ranks });

export const programKey = ({ implementation, runtime, threads, ranks }: Program): string =>
  [implementation, runtime, threads, ranks ?? ""].join("|");

/** The trials of cells whose gradient is right, that never failed, and that train the model of the others. */
function usableCells({ run, trials, name }: NamedRun): (readonly UsableTrial[])[] {
  // Programs that ran the code of another one have times of their own here: at other minibatches they run their own.
  const implementations = run.implementations?.map(({ withOneThread: _, ...rest }) => rest);
  const { cells, sameModel, problems } = summarise(
    known({ ...run, implementations }),
    trials,
    name,
  );
  const others = new Set(
    sameModel.filter(({ verdict }) => verdict === "different model").map(({ series }) => series),
  );
  const failed = new Set(
    problems.filter(({ status }) => status === "failed").map(({ cell }) => cellKey(cell)),
  );
  const good = new Set(
    cells.filter(({ verdict, series }) => verdict !== "wrong" && !others.has(series))
      .map(({ cell }) => cellKey(cell)),
  );
  return recordsAtMeanNode(
    sortTrials(trials, compareCells(run.plan)).cells.filter(([{ cell }]) =>
      good.has(cellKey(cell)) && !failed.has(cellKey(cell))
    ),
  );
}

/** For each trial: its time per epoch, and its start with what the first epoch took longer. */
function timesOf(trials: readonly UsableTrial[]) {
  const epochs = trials.map((trial) => sampleMedian(steadyTrial(trial)));
  const starts = trials.map(({ durations, training }, i) =>
    // At least a microsecond, of which there is a logarithm.
    Math.max(1e3, (durations?.openNs ?? 0) + Math.max(0, training.epochs[0].trainNs - epochs[i]))
  );
  return { epochs, starts };
}

/** The typical deviation of the logarithms within a cell: a median, because a disturbed cell says nothing of others. */
function spreadOf(cells: readonly (readonly number[])[]): number | undefined {
  const found = cells.filter(({ length }) => length > 1)
    .map((ns) => variance(ns.map(Math.log)));
  if (found.length === 0) return undefined;
  // The median of a variance of one degree of freedom lies at 0.455 of its mean; with more, nearer.
  const degrees = median(cells.filter(({ length }) => length > 1).map(({ length }) => length - 1));
  return Math.sqrt(median(found) / (1 - 2 / (9 * degrees)) ** 3);
}

/** Programs that failed, were wrong or were skipped wherever they were tried. */
function excludedFrom(runs: readonly NamedRun[], programs: readonly Program[]): Excluded[] {
  const measured = new Set(programs.map(programKey));
  const found = new Map<string, Excluded>();
  for (const { run, trials } of runs) {
    const { problems } = sortTrials(trials, compareCells(run.plan));
    for (const { cell, reasons } of problems) {
      const program = programIn(cell);
      const key = programKey(program);
      if (cell.copy === undefined && !measured.has(key) && !found.has(key)) {
        found.set(key, { ...program, reasons });
      }
    }
  }
  return [...found.values()];
}
