import type { PlanInput } from "../format/plan.ts";
import type { PlanField, PresetName } from "../format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../format/plan_fields.ts";

/** The fields of a plan that have a value in this column of their table. */
function column(valueOf: (field: PlanField) => unknown): PlanInput {
  const values = PLAN_FIELD_NAMES.map((name) => [name, valueOf(PLAN_FIELDS[name])] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

export const DEFAULTS = column((field) => field.default);

export const presetInput = (preset: PresetName): PlanInput =>
  column((field) => field.presets?.[preset]);
