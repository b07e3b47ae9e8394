import type { FixedFinding } from "../../format/finding.ts";
import type { Problem } from "../../gradients/contract.ts";
import type { Explanation } from "../inside/explain_program.ts";
import type { Case } from "./examined_kernel.ts";
import { distance, nameOf, partsOf, sizeOf } from "./parts.ts";

/** Which parts are wrong, and the stages that no formula fits. */
export function unexplained(
  { network }: Problem,
  cases: readonly Case[],
  unread: Explanation["inside"]["unexplained"],
  fit: number,
): FixedFinding {
  const errors = partsOf(network).map((part) => ({
    part: nameOf(part),
    error: Math.max(
      ...cases.map(({ gradient, expected }) =>
        distance(gradient, expected, part) / (sizeOf(expected, part) || 1)
      ),
    ),
  }));
  const wrong = errors.filter(({ error }) => error > fit);
  const stages = unread.map((one) => ({
    ...one,
    layer: one.layer + 1,
    table: [...one.table],
  }));
  const layers = stages.length > 0
    ? stages.map(({ layer }) => layer)
    : wrong.map(({ part }) => part.layer);
  return {
    id: "unexplained",
    layers: [...new Set(layers)].sort((a, b) => a - b),
    wrong,
    right: errors.filter(({ error }) => error <= fit).map(({ part }) => part),
    stages,
  };
}
