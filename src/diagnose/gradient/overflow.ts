import { messageOf } from "../../base/errors.ts";
import type { FixedFinding } from "../../format/finding.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Case, ExaminedKernel, Question } from "./examined_kernel.ts";
import { caseOf } from "./explained.ts";
import { nameOf, partsOf } from "./parts.ts";

/** Parameters are enlarged by this factor to see whether anything overflows. */
const ENLARGED = 1000;

/** NaN or Infinity where the oracle gives numbers. */
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
  let atEnlarged: Case;
  try {
    atEnlarged = await caseOf(kernel, ask, enlarged);
  } catch (error) { // math.exp of Python does not return Infinity
    const exception = messageOf(error);
    return [{ id: "overflow", layers: [], parts: [], ...counts, enlarged: ENLARGED, exception }];
  }
  if (broken.length === 0 && (isFinite(atEnlarged) || isEndless(atEnlarged))) return [];
  const { gradient, loss } = broken[0] ?? atEnlarged;
  const parts = partsOf(kernel.problem.network).filter(({ start, end }) =>
    !gradient.subarray(start, end).every(Number.isFinite)
  );
  const figures = {
    layers: [...new Set(parts.map(({ layer }) => layer))],
    parts: parts.map(nameOf),
    ...(!Number.isFinite(loss) && { loss: String(loss) as "NaN" | "Infinity" | "-Infinity" }),
  };
  if (broken.length === cases.length) return [{ id: "never-finite", ...figures }];
  return [{ id: "overflow", ...figures, ...counts, enlarged: ENLARGED }];
}
