import { isJavaScript } from "../base/runtime.ts";
import type { Prediction, Question } from "../format/answer.ts";
import type { PlanInput } from "../format/plan.ts";
import type { CellRuntime } from "../format/trial_record.ts";
import { basisOf, predictionsOf } from "./answer_question.ts";
import type { Excluded, Measured, MeasuredProgram, Program } from "./measured_programs.ts";

/** An interval wider than this answers nothing: its upper end is so many times its lower. */
const WIDEST = 2;
/** Measured at the question's B and layers, a program may be extrapolated to so many times the largest m. */
const FARTHEST = 8;
/** Subsets to measure, as shares of m: an epoch of the largest costs a quarter of the question's. */
const SHARES = [1 / 16, 1 / 4];
/** Smaller subsets tell more of the clock than of the program. */
const LEAST_EXAMPLES = 1000;

/** Which programs are asked about: by these names, in these runtimes. Peers in Python have a runtime of their own. */
export interface Asked {
  readonly names: readonly string[];
  readonly runtimes: readonly CellRuntime[];
  /** The user gave the names: what is emulated is timed, too. */
  readonly isNamed?: boolean;
}

export const isAsked = ({ names, runtimes }: Asked) => ({ implementation, runtime }: Program) =>
  names.includes(implementation) && (!isJavaScript(runtime) || runtimes.includes(runtime));

/** The names of programs that `measured` cannot answer for in each of the runtimes. */
export function lackingNames(measured: Measured, question: Question, asked: Asked): string[] {
  const predictions = predictionsOf(measured, question);
  const lacks = (name: string, runtime: CellRuntime): boolean => {
    const isOwn = isAsked({ names: [name], runtimes: [runtime] });
    const programs = measured.programs.filter(isOwn);
    if (programs.length === 0) {
      return !measured.excluded.filter(isOwn).some((one) => isFinal(one, asked));
    }
    return programs.some((program) => {
      const prediction = predictions.find((one) => isSame(one, program));
      return prediction === undefined || !isEnough(prediction, program, question);
    });
  };
  return asked.names.filter((name) => asked.runtimes.some((runtime) => lacks(name, runtime)));
}

/** What failed would fail again; what was too slow at some size, or not there, may do here. */
const isFinal = ({ reasons }: Excluded, { isNamed = false }: Asked): boolean =>
  reasons.some(({ kind }) =>
    kind !== "over-budget" && kind !== "not-repeated" && !(isNamed && kind === "software-device")
  );

const isSame = (a: Program, b: Program): boolean =>
  a.implementation === b.implementation && a.runtime === b.runtime && a.threads === b.threads &&
  a.ranks === b.ranks;

function isEnough(
  { totalNs }: Pick<Prediction, "totalNs">,
  program: MeasuredProgram,
  question: Question,
): boolean {
  const isNear = program.epochs.some(({ work }) =>
    work.batchSize === question.batchSize &&
    String(work.layerSizes) === String(question.layerSizes) &&
    work.examples * FARTHEST >= question.examples
  );
  const isKnown = isNear || basisOf(program, question) !== "extrapolated";
  return isKnown && totalNs.high <= WIDEST * totalNs.low;
}

/** A small sweep of the question's B and layers at some smaller m. */
export function sweepFor(question: Question): PlanInput {
  const { examples, batchSize, layerSizes, hiddenActivation, outputLoss } = question;
  const sizes = SHARES.map((share) =>
    Math.min(examples, Math.max(LEAST_EXAMPLES, batchSize, Math.round(share * examples)))
  );
  return {
    sizes: [...new Set(sizes)],
    batchSizes: [batchSize],
    layers: [layerSizes],
    hiddenActivations: [hiddenActivation],
    outputLosses: [outputLoss],
    // The first epoch shows the warm-up.
    epochs: 2,
    rounds: 3,
    maxSampleSeconds: 0.3,
  };
}
