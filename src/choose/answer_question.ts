import { known } from "../base/known.ts";
import type { Answer, Prediction, Question } from "../format/answer.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import { studentQuantile } from "../stats/statistics.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { EPOCH_LAW, START_LAW } from "./cost_law.ts";
import { type CostPoint, isBetween, type LogCost, predictCost, tune } from "./cost_model.ts";
import {
  type Measured,
  type MeasuredProgram,
  measuredPrograms,
  type Program,
  programKey,
} from "./measured_programs.ts";

const CONFIDENCE = 0.9;

/** The answer from runs of one machine, the programs in `asked` alone; all of the runs where it is absent. */
export function answerFrom(
  runs: readonly NamedRun[],
  question: Question,
  asked?: (program: Program) => boolean,
): Answer {
  const measured = measuredPrograms(runs, question);
  const predictions = withoutSameCode(
    predictionsOf(measured, question).filter(asked ?? (() => true)),
    measured,
    question,
  );
  const without = measured.excluded.filter(asked ?? (() => true));
  const { cpu, cores } = runs[0].run.environment;
  const labels = labelsOf([...predictions, ...without]);
  return {
    schema: FORMAT_VERSION,
    question,
    runs: runs.map(({ name }) => name),
    machine: { cpu, cores },
    predictions: predictions.map((one) => ({ ...one, label: labels(one) })),
    without: without.map(({ reasons, ...program }) =>
      known({ ...program, label: labels(program), reasons: [...reasons] })
    ),
  };
}

const BASES: readonly Prediction["basis"][] = ["measured", "interpolated", "extrapolated"];

/** Programs that run the same code for the question are one line: that of the better known, with the names of the others. */
function withoutSameCode<T extends Omit<Prediction, "label">>(
  predictions: readonly T[],
  { sameCode }: Measured,
  { batchSize }: Question,
): (T & Pick<Prediction, "sameCode">)[] {
  const standsFor = new Map(
    sameCode.filter((one) => one.batchSize === batchSize)
      .map(({ program, stands }) => [program, stands]),
  );
  const codeOf = (program: Program): string =>
    standsFor.get(programKey(program)) ?? programKey(program);
  return [...Map.groupBy(predictions, codeOf)].map(([code, alike]) => {
    const [best, ...others] = alike.toSorted((a, b) =>
      BASES.indexOf(a.basis) - BASES.indexOf(b.basis) ||
      Number(programKey(a) !== code) - Number(programKey(b) !== code)
    );
    const names = new Set(others.map(({ implementation }) => implementation));
    return names.size === 0 ? best : { ...best, sameCode: [...names] };
  }).sort((a, b) => a.totalNs.value - b.totalNs.value);
}

/** What each program is predicted to take, the fastest first. */
export function predictionsOf(measured: Measured, question: Question): Omit<Prediction, "label">[] {
  const { programs } = measured;
  const epochTuning = tune(programs.map(({ epochs }) => epochs), EPOCH_LAW, question);
  const running = programs.flatMap((program) => {
    const epoch = predictCost(program.epochs, EPOCH_LAW, question, epochTuning);
    if (epoch === undefined) return [];
    return [{ program, epoch, starts: program.starts(question.epochs * Math.exp(epoch.log)) }];
  });
  const startTuning = tune(running.map(({ starts }) => starts), START_LAW, question);
  return running.flatMap(({ program, epoch, starts }) => {
    const { implementation, runtime, threads, ranks, epochs, spread } = program;
    const start = predictCost(starts, START_LAW, question, startTuning);
    if (start === undefined) return [];
    const [nsPerEpoch, startNs] = [Math.exp(epoch.log), Math.exp(start.log)];
    const value = startNs + question.epochs * nsPerEpoch;
    const share = startNs / value;
    // The two are independent; relative errors count by the share of each.
    const deviation = Math.hypot(
      share * withSpread(start, spread.start),
      (1 - share) * withSpread(epoch, spread.epoch),
    );
    const reach = Math.exp(studentQuantile((1 + CONFIDENCE) / 2, degrees(epochTuning)) * deviation);
    return [{
      ...known({ implementation, runtime, threads, ranks }),
      totalNs: { value, low: value / reach, high: value * reach, confidence: CONFIDENCE },
      startNs,
      nsPerEpoch,
      basis: basisOf(program, question),
      cells: epochs.length,
    }];
  }).sort((a, b) => a.totalNs.value - b.totalNs.value);
}

/** With the luck of the process to come. */
const withSpread = ({ deviation }: LogCost, spread: number): number =>
  Math.hypot(deviation, spread);

/** The inflation is known from so many errors. */
const degrees = ({ errors }: { readonly errors: number }): number => Math.max(4, errors - 1);

/** How the question lies to what was measured. */
export function basisOf({ epochs }: MeasuredProgram, question: Question): Prediction["basis"] {
  if (epochs.some(({ work }) => isCell(work, question))) return "measured";
  return isBetween(question, epochs) ? "interpolated" : "extrapolated";
}

const isCell = (work: CostPoint["work"], question: Question): boolean =>
  work.examples === question.examples && work.batchSize === question.batchSize &&
  String(work.layerSizes) === String(question.layerSizes);

/** The implementation, with runtime, threads and ranks where several programs of that name differ in them. */
function labelsOf(programs: readonly Program[]): (program: Program) => string {
  const distinct = [...new Map(programs.map((one) => [programKey(one), one])).values()];
  return ({ implementation, runtime, threads, ranks = 1 }) => {
    const alike = distinct.filter((one) => one.implementation === implementation);
    const several = (part: keyof Program) => new Set(alike.map((one) => one[part])).size > 1;
    return [
      implementation,
      ...(several("runtime") ? [runtime] : []),
      ...(several("threads") ? [threads === 1 ? "1 thread" : `${threads} threads`] : []),
      ...(several("ranks") ? [ranks === 1 ? "1 rank" : `${ranks} ranks`] : []),
    ].join(" · ");
  };
}
