import type { Case, ExaminedKernel } from "./examined_kernel.ts";
import { distance, partsOf, sizeOf } from "./parts.ts";

/** Two questions, which differ in parameters and rows, have one answer. */
export const isRepeated = (cases: readonly Case[]): boolean =>
  cases.some(({ gradient }, i) =>
    gradient.some((g) => g !== 0) &&
    cases.slice(i + 1).some((other) => other.gradient.every((g, p) => g === gradient[p]))
  );

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
