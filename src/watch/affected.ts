import type { Plan, PlanInput } from "../format/plan.ts";
import { fieldsThatDecide, type PlanFieldName } from "../format/plan_fields.ts";

/** A plan's cells are the product of the values of these fields. */
const DIMENSIONS = fieldsThatDecide("which cells");
const WITHOUT_EFFECT = fieldsThatDecide("no figure");

/** What to measure again. */
interface Affected {
  readonly plan: PlanInput;
  /** Implementations and peers whose cells are new or whose code changed; the others are there for comparison. */
  readonly names: readonly string[];
}

/**
 * A plan for the cells of `next` that `before` lacks or whose implementation is in `changed`. It adds the baseline,
 * without which there are no speedups. If several dimensions grew, or cells are measured in another way, it is all of
 * `next`. Undefined if there is nothing to measure. `pluginOf` names the plug-in of an implementation.
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
      valuesOf(next, name).filter((value) => !hasValue(valuesOf(before, name), value)),
    ]),
  );
  const grown = DIMENSIONS.filter((name) => added[name].length > 0);
  const [dimension = "implementations", ...others] = grown;
  if (others.length > 0) return { plan: next, names };
  if (dimension !== "implementations") {
    const isMore = changed.size > 0;
    return { plan: isMore ? next : { ...next, [dimension]: added[dimension] }, names };
  }
  const affected = next.implementations.filter((name) =>
    changed.has(name) || added.implementations.includes(name)
  );
  if (affected.length === 0) return undefined;
  const implementations = next.implementations.filter((name) =>
    affected.includes(name) || name === next.baseline
  );
  // A plug-in with no implementation in the plan would be measured as a whole.
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

/** None where no program of the plan has this dimension, as ranks. */
const valuesOf = (plan: Plan, name: typeof DIMENSIONS[number]): readonly unknown[] =>
  (plan[name] as readonly unknown[] | undefined) ?? [];

/** Whether the list of a dimension has it; layers are lists themselves. */
const hasValue = (list: readonly unknown[], value: unknown): boolean =>
  list.some((one) => JSON.stringify(one) === JSON.stringify(value));

function differsElsewhere(before: Plan, next: Plan): boolean {
  const rest = (plan: Plan) =>
    JSON.stringify(
      Object.entries(plan)
        .filter(([name]) => ![...DIMENSIONS, ...WITHOUT_EFFECT].includes(name as PlanFieldName))
        .sort(([a], [b]) => a < b ? -1 : 1),
    );
  return rest(before) !== rest(next);
}
