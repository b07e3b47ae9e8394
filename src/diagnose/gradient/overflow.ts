import { messageOf } from "../../base/errors.ts";
import type { FixedFinding } from "../../format/finding.ts";
import { ProgramError } from "../../trial/program/program_error.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Case, ExaminedKernel, Question } from "./examined_kernel.ts";
import { caseOf } from "./explained.ts";
import { nameOf, partsOf } from "./parts.ts";

/** Parameters are enlarged by this factor to see whether anything overflows. */
const ENLARGED = 1000;

/** What math.exp, ** and NumPy told to raise say of a power that is too large. */
const POWER = /math range error|Numerical result out of range|overflow encountered in exp/;

/** What math.log of Python says of 0, where others give −Infinity. */
const DOMAIN = /math domain error|expected a positive input/;

/** Whether a program in another language failed at the logarithm of 0. */
const isEndlessLog = (error: unknown): boolean =>
  error instanceof ProgramError && error.fault.kind === "exception" &&
  DOMAIN.test(error.fault.message) && (error.fault.source ?? "log").includes("log");

/**
 * NaN or Infinity where the oracle gives numbers, and exceptions that enlarged parameters alone raise. Passes on that a
 * program died.
 */
export async function overflow(
  kernel: ExaminedKernel,
  ask: AskKernel,
  { parameters, batch }: Question,
  cases: readonly Case[],
): Promise<FixedFinding[]> {
  const isFinite = ({ gradient, loss }: Case) =>
    Number.isFinite(loss) && gradient.every(Number.isFinite);
  const broken = cases.filter((one) => !isFinite(one));
  // −log(0) of a certain output is no fault of the gradient, nor is 0 · log(0).
  const isEndless = ({ gradient, loss }: Case) =>
    !Number.isFinite(loss) && gradient.every(Number.isFinite);
  const enlarged = { parameters: parameters.map((value) => Math.fround(ENLARGED * value)), batch };
  const counts = { minibatches: cases.length, broken: broken.length };
  let atEnlarged: Case | undefined;
  const exceptions: FixedFinding[] = [];
  try {
    atEnlarged = await caseOf(kernel, ask, enlarged);
  } catch (error) { // math.exp of Python does not return Infinity
    if (error instanceof ProgramError && error.fault.kind !== "exception") throw error;
    if (!isEndlessLog(error)) {
      const exception = messageOf(error);
      const figures = { enlarged: ENLARGED, exception };
      if (POWER.test(exception)) {
        return [{ id: "overflow", layers: [], parts: [], ...counts, ...figures }];
      }
      exceptions.push({ id: "fails-when-large", layers: [], ...figures });
    }
  }
  const isRight = atEnlarged === undefined || isFinite(atEnlarged) || isEndless(atEnlarged);
  const shown = broken[0] ?? (isRight ? undefined : atEnlarged);
  if (shown === undefined) return exceptions;
  const { gradient, loss } = shown;
  const parts = partsOf(kernel.problem.network).filter(({ start, end }) =>
    !gradient.subarray(start, end).every(Number.isFinite)
  );
  const figures = {
    layers: [...new Set(parts.map(({ layer }) => layer))],
    parts: parts.map(nameOf),
    ...(!Number.isFinite(loss) && { loss: String(loss) as "NaN" | "Infinity" | "-Infinity" }),
  };
  if (broken.length === cases.length) return [{ id: "never-finite", ...figures }];
  return [{ id: "overflow", ...figures, ...counts, enlarged: ENLARGED }, ...exceptions];
}
