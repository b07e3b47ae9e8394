import { eraseBiases } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Case, ExaminedKernel } from "./examined_kernel.ts";
import { partsOf } from "./parts.ts";

/**
 * Answers with the oracle's numbers in the parts that are never finite, so that the others can be examined. The same
 * function where no part is broken in every case, or all are.
 */
export function fillBrokenParts(
  { problem: { network, dataset }, withoutBiases }: ExaminedKernel,
  ask: AskKernel,
  cases: readonly Case[],
): AskKernel {
  const parts = partsOf(network);
  const broken = parts.filter(({ start, end }) =>
    cases.every(({ gradient }) => !gradient.subarray(start, end).every(Number.isFinite))
  );
  if (broken.length === 0 || broken.length === parts.length) return ask;
  return async (question) => {
    const { gradient, loss } = await ask(question);
    const expected = new Float64Array(gradient.length);
    referenceGradient(network, question.parameters, dataset, question.batch, expected);
    if (withoutBiases) eraseBiases(network, expected);
    const filled = gradient.slice();
    for (const { start, end } of broken) filled.set(expected.subarray(start, end), start);
    return { gradient: filled, loss };
  };
}
