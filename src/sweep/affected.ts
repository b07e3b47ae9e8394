import type { Plan, PlanInput } from "./plan.ts";

/** Fields of a plan that its cells are the product of. */
const DIMENSIONS = [
  "implementations",
  "runtimes",
  "sizes",
  "batchSizes",
  "threads",
  "seeds",
] as const;
type Dimension = (typeof DIMENSIONS)[number];

/** Fields that decide neither what a cell is nor how it is measured. */
const WITHOUT_EFFECT = ["plugins", "budgetSeconds", "trialTimeoutSeconds", "keepWrong"];

/**
 * A plan for those cells of `next` alone that `before` did not have, or whose implementation is among `changed`; the
 * baseline beside them, where implementations are left out, so that speedups mean something. Where more than one
 * dimension grew, or how cells are measured, that is all of `next`. Undefined where there is nothing to measure.
 */
export function affectedPlan(
  before: Plan,
  next: Plan,
  changed: ReadonlySet<string>,
): PlanInput | undefined {
  if (differsElsewhere(before, next)) return next;
  const added = Object.fromEntries(
    DIMENSIONS.map((name) => [
      name,
      (next[name] as unknown[]).filter((value) => !(before[name] as unknown[]).includes(value)),
    ]),
  ) as Record<Dimension, unknown[]>;
  const grown = DIMENSIONS.filter((name) => added[name].length > 0);
  if (
    grown.length > 1 || grown.length === 1 && grown[0] !== "implementations" && changed.size > 0
  ) {
    return next;
  }
  if (grown.length === 1 && grown[0] !== "implementations") {
    return { ...next, [grown[0]]: added[grown[0]] };
  }
  const affected = next.implementations.filter((name) =>
    changed.has(name) || added.implementations.includes(name)
  );
  if (affected.length === 0) return undefined;
  const implementations = next.implementations.filter((name) =>
    affected.includes(name) || name === next.baseline
  );
  const { nullTwin, ...rest } = next;
  return {
    ...rest,
    implementations,
    ...(nullTwin !== undefined && implementations.includes(nullTwin) && { nullTwin }),
  };
}

function differsElsewhere(before: Plan, next: Plan): boolean {
  const rest = (plan: Plan) =>
    JSON.stringify(
      Object.entries(plan)
        .filter(([name]) => ![...DIMENSIONS, ...WITHOUT_EFFECT].includes(name))
        .sort(([a], [b]) => a < b ? -1 : 1),
    );
  return rest(before) !== rest(next);
}
