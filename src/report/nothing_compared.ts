import { basename } from "node:path";
import { commandIn } from "../base/own_command.ts";
import type { Plan } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import { formatWait } from "./numbers.ts";

/** Why no cell has figures of both versions of the code. */
type Cause = "failed" | "interrupted" | "one-round" | "over-budget";

interface NothingCompared {
  /** Empty where only the list of what was skipped tells. */
  readonly causes: readonly Cause[];
  readonly why: string;
  readonly hint: string;
  /** That nothing is compared, why, and what to do. */
  readonly text: string;
}

/** The earlier version of the code, as the user named it. */
export const earlierName = (against: NonNullable<Plan["against"]>): string =>
  "ref" in against ? against.ref : basename(against.folder);

/** A run that should compare two versions of the code, and has no cell to compare. Undefined for every other run. */
export function nothingCompared(
  summary: Pick<Summary, "plan" | "against" | "warnings" | "problems" | "run">,
): NothingCompared | undefined {
  const { plan, against, warnings, problems, run } = summary;
  if (plan.against === undefined || against !== undefined) return undefined;
  const isSo: Record<Cause, boolean> = {
    // What failed fails again, with any budget.
    failed: problems.some(({ status }) => status === "failed"),
    interrupted: warnings.some(({ kind }) => kind === "unfinished"),
    "one-round": plan.rounds === 1,
    "over-budget": problems.some(({ reasons }) =>
      reasons.some(({ kind }) => kind === "over-budget")
    ),
  };
  const words: Record<Cause, { readonly why: string; readonly hint: string }> = {
    failed: { why: "a version failed", hint: "fix what failed" },
    interrupted: {
      why: "the run was interrupted",
      hint: `\`${commandIn(plan.runtimes[0], "bench")} --resume ${run}\` goes on`,
    },
    "one-round": { why: "a comparison takes two rounds", hint: "raise --rounds" },
    "over-budget": {
      why: `the budget of ${formatWait(plan.budgetSeconds * 1e9)} does not pay for two rounds ` +
        "of any cell in both versions",
      hint: "raise --budget, or measure fewer or smaller --sizes",
    },
  };
  const causes = (Object.keys(isSo) as Cause[]).filter((one) => isSo[one]);
  const told = causes.length > 0 ? causes.map((one) => words[one]) : [{
    why: "no cell has two rounds of both versions",
    hint: "the report says what was skipped",
  }];
  const why = told.map((one) => one.why).join("; ");
  const hint = told.map((one) => one.hint).join("; ");
  const text = `Nothing could be compared with ${
    earlierName(plan.against)
  }: ${why}. Next: ${hint}.`;
  return { causes, why, hint, text };
}
