import type { Network } from "../../model/network.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Case, ExaminedKernel } from "./examined_kernel.ts";
import { distance, partsOf, sizeOf } from "./parts.ts";

/** Two questions, which differ in parameters and rows, have one answer. */
export const isRepeated = (cases: readonly Case[]): boolean =>
  cases.some(({ gradient }, i) =>
    gradient.some((g) => g !== 0) &&
    cases.slice(i + 1).some((other) => other.gradient.every((g, p) => g === gradient[p]))
  );

/** Right in every shorter minibatch, and in none that is as long as those of a training. */
export function isWrongWhenFull(cases: readonly Case[], network: Network, closeness: number) {
  const longest = Math.max(...cases.map(({ batch }) => batch.length));
  return cases.every(({ batch, gradient, expected }) => {
    const isRight = partsOf(network).every((part) =>
      distance(gradient, expected, part) <= closeness * sizeOf(expected, part)
    );
    return isRight === (batch.length < longest);
  });
}

/** Two answers to one question are equal, up to rounding. */
export const isSame = (
  { problem: { network }, closeness }: ExaminedKernel,
  one: Case,
  other: Case,
) =>
  partsOf(network).every((part) =>
    !(distance(one.gradient, other.gradient, part) >
      10 * closeness * (sizeOf(one.gradient, part) + sizeOf(one.expected, part)))
  );

/** Other parameters, and the answer stays: the program computes with its own. */
export async function ignoresParameters(
  ask: AskKernel,
  [one, other]: readonly Case[],
): Promise<boolean> {
  const { gradient } = await ask({ parameters: other.parameters, batch: one.batch });
  return one.gradient.some((g) => g !== 0) &&
    gradient.every((g, p) => Math.abs(g - one.gradient[p]) <= 1e-9 * Math.abs(g));
}
