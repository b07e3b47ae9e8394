import type { Plan, PlanInput } from "../format/plan.ts";
import { fieldsThatDecide, type PlanFieldName } from "../format/plan_fields.ts";

/** A plan's cells are the product of the values of these fields. */
const DIMENSIONS = fieldsThatDecide("which cells");
const WITHOUT_EFFECT = fieldsThatDecide("no figure");

/** What is to be measured again. */
export interface Affected {
  readonly plan: PlanInput;
  /** Implementations and peers of that plan whose cells are new or run another code; others are there for comparison. */
  readonly names: readonly string[];
}

/**
 * A plan for those cells of `next` alone that `before` did not have, or whose implementation is among `changed`; the
 * baseline beside them, where implementations are left out, so that speedups mean something. Where more than one
 * dimension grew, or how cells are measured, that is all of `next`. Undefined where there is nothing to measure.
 * `pluginOf` says from which plug-in of the plan an implementation comes.
 */
export function affectedPlan(
  before: Plan,
  next: Plan,
  changed: ReadonlySet<string>,
  pluginOf: (implementation: string) => string | undefined,
): Affected | undefined {
  const names = [...next.implementations, ...next.peers];
  if (differsElsewhere(before, next)) return { plan: next, names };
  const added = Object.fromEntries(
    DIMENSIONS.map((name) => [
      name,
      (next[name] as unknown[]).filter((value) => !(before[name] as unknown[]).includes(value)),
    ]),
  );
  const grown = DIMENSIONS.filter((name) => added[name].length > 0);
  if (
    grown.length > 1 || grown.length === 1 && grown[0] !== "implementations" && changed.size > 0
  ) {
    return { plan: next, names };
  }
  if (grown.length === 1 && grown[0] !== "implementations") {
    return { plan: { ...next, [grown[0]]: added[grown[0]] }, names };
  }
  const affected = next.implementations.filter((name) =>
    changed.has(name) || added.implementations.includes(name)
  );
  if (affected.length === 0) return undefined;
  const implementations = next.implementations.filter((name) =>
    affected.includes(name) || name === next.baseline
  );
  // A plug-in of which nothing is named would be measured as a whole.
  const plugins = new Set(implementations.map(pluginOf));
  const { nullTwin, ...rest } = next;
  return {
    plan: {
      ...rest,
      implementations,
      plugins: next.plugins.filter((path) => plugins.has(path)),
      peers: [],
      ...(nullTwin !== undefined && implementations.includes(nullTwin) && { nullTwin }),
    },
    names: affected,
  };
}

function differsElsewhere(before: Plan, next: Plan): boolean {
  const rest = (plan: Plan) =>
    JSON.stringify(
      Object.entries(plan)
        .filter(([name]) => ![...DIMENSIONS, ...WITHOUT_EFFECT].includes(name as PlanFieldName))
        .sort(([a], [b]) => a < b ? -1 : 1),
    );
  return rest(before) !== rest(next);
}
