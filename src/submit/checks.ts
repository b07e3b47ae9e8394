import { InputError } from "../base/errors.ts";
import type { PlanInput } from "../format/plan.ts";
import { PLAN_FIELDS } from "../format/plan_fields.ts";
import { plannedRounds } from "../sweep/make_plan.ts";
import { LONGEST_NAME, type Submission } from "./submission.ts";

/** Line breaks and other control characters, as Unicode and YAML count them. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Throws InputError for an option that is not given; `what`: what it says. */
export function required<T extends string | number>(
  value: T | undefined,
  option: string,
  what: string,
  example: string,
): T {
  if (value !== undefined && value !== "") return value;
  throw new InputError(
    `Cannot submit without ${option}: it says ${what}`,
    `add it, as ${option} ${example}`,
  );
}

/** Throws InputError for a text that cannot stand on one line of a script. */
export function checkLine(text: string, option: string): void {
  if (!CONTROL.test(text)) return;
  throw new InputError(
    `Cannot write ${option} ${
      JSON.stringify(text)
    } into a script: it has a line break or another control character`,
    "rename it, or choose another one",
  );
}

/** Throws InputError for a text of another form; `wanted` says which is expected. */
export function checkPattern(text: string, option: string, pattern: RegExp, wanted: string): void {
  if (pattern.test(text)) return;
  throw new InputError(
    `Cannot use ${option} ${JSON.stringify(text)}: expected ${wanted}`,
    "choose another one",
  );
}

/** Throws InputError for what some scheduler does not take as the name of a job. */
export function checkName(name: string): void {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= LONGEST_NAME) return;
  throw new InputError(
    `Cannot call a job ${JSON.stringify(name)}: expected small letters, digits and -, ` +
      `${LONGEST_NAME} at most, the first a letter`,
    "choose another --name",
  );
}

/** A plan with one of these goes on as its trials demand, which no shard knows of the others. */
const UNSHARED = ["resolve", "crossover", "against"] as const;

/** Throws InputError for a plan that cannot be shared among so many shards. */
export function checkPlan(
  plan: PlanInput,
  { planPath, shards }: Pick<Submission, "planPath" | "shards">,
): void {
  const field = UNSHARED.find((name) => plan[name] !== undefined);
  if (field !== undefined) {
    throw new InputError(
      `Cannot share the plan among shards: its "${field}" (--${
        PLAN_FIELDS[field].flag
      }) decides by all trials ` +
        "which ones follow",
      `take "${field}" out of ${planPath}`,
    );
  }
  const rounds = plannedRounds(plan);
  if (shards > rounds) {
    throw new InputError(
      `Cannot share ${rounds === 1 ? "1 round" : `${rounds} rounds`} among ${shards} shards: ` +
        "each one needs a round of its own",
      `ask for --shards ${rounds}, or give the plan more "rounds"`,
    );
  }
}
