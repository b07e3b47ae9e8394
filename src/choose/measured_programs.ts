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

/** Standard deviation of ln time between processes: of an epoch, and of the start. */
export interface ProcessSpread {
  readonly epoch: number;
  readonly start: number;
}

/** A program, and its times wherever it was measured with the question's activation and loss. */
export interface MeasuredProgram extends Program {
  readonly epochs: readonly CostPoint[];
  /**
   * Its set-up, with what its first `runNs` took longer than at its steady pace: compilers, caches and threads need some
   * time, whatever an epoch takes.
   */
  starts(runNs: number): readonly CostPoint[];
  readonly spread: ProcessSpread;
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
  const times = cells.map((trials) => ({ trials, traces: trials.map(traceOf) }));
  const epochsOf = ({ traces }: (typeof times)[number]) => traces.map(({ epochNs }) => epochNs);
  const startsOf = ({ traces }: (typeof times)[number], runNs = Infinity) =>
    traces.map((trace) => startNs(trace, runNs));
  const usual = {
    epoch: spreadOf(times.map(epochsOf)) ?? USUAL_SPREAD.epoch,
    start: spreadOf(times.map((one) => startsOf(one))) ?? USUAL_SPREAD.start,
  };
  const programs = [...Map.groupBy(times, ({ trials }) => programKey(trials[0].cell)).values()].map(
    (own): MeasuredProgram => {
      const spread = {
        epoch: ownSpread(own.map(epochsOf), usual.epoch),
        start: ownSpread(own.map((one) => startsOf(one)), usual.start),
      };
      const points = (timesOf: (one: (typeof times)[number]) => number[], deviation: number) =>
        own.map((one): CostPoint => ({
          work: one.trials[0].cell,
          ns: median(timesOf(one)),
          deviation: deviation / Math.sqrt(one.trials.length),
        }));
      return {
        ...programIn(own[0].trials[0].cell),
        epochs: points(epochsOf, spread.epoch),
        starts: (runNs) => points((one) => startsOf(one, runNs), spread.start),
        spread,
      };
    },
  );
  return { programs, excluded: excludedFrom(runs, programs), sameCode: runs.flatMap(sameCodeIn) };
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

/** A process from opening on: its training, then its samples, as stretches of epochs in the order of time. */
interface Trace {
  readonly openNs: number;
  readonly epochNs: number;
  readonly stretches: readonly { readonly epochs: number; readonly ns: number }[];
}

function traceOf(trial: UsableTrial): Trace {
  const { durations, training, samplesNs, epochsPerSample = 1, engine } = trial;
  const inOrder = engine === undefined || engine === "ordered";
  return {
    openNs: durations?.openNs ?? 0,
    epochNs: sampleMedian(steadyTrial(trial)),
    stretches: [
      ...training.epochs.map(({ trainNs }) => ({ epochs: 1, ns: trainNs })),
      ...(inOrder ? samplesNs : []).map((ns) => ({ epochs: epochsPerSample, ns })),
    ],
  };
}

/** What is slow at first has passed by then; later, a sum of samples would only add up their noise. */
const LONGEST_START_NS = 50e6;

function startNs({ openNs, epochNs, stretches }: Trace, runNs: number): number {
  let left = Math.min(runNs, LONGEST_START_NS);
  let longer = 0;
  for (const [i, { epochs, ns }] of stretches.entries()) {
    // The first epoch counts whole, however long: what is slow at first is in its first steps.
    const share = i === 0 ? 1 : Math.min(1, left / (epochs * epochNs));
    longer += share * (ns - epochs * epochNs);
    left -= epochs * epochNs;
    if (left <= 0) break;
  }
  // At least a microsecond, of which there is a logarithm.
  return Math.max(1e3, openNs + Math.max(0, longer));
}

/** How many deviations of a program's own the usual spread counts as. */
const USUAL_COUNTS = 4;

/** The deviation of a program's processes: its own, moderated by the usual one. Rare slow paces count, so it is a mean. */
function ownSpread(cells: readonly (readonly number[])[], usual: number): number {
  const several = cells.filter(({ length }) => length > 1);
  const degrees = several.reduce((sum, { length }) => sum + length - 1, 0);
  const squares = several.reduce(
    (sum, ns) => sum + (ns.length - 1) * variance(ns.map(Math.log)),
    0,
  );
  return Math.sqrt((squares + USUAL_COUNTS * usual ** 2) / (degrees + USUAL_COUNTS));
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
