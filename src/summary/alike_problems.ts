import type { Problem } from "../format/summary.ts";
import type { Reason } from "../format/reason.ts";
import { reasonsKey } from "./reasons_key.ts";

/** Problems whose reasons differ only in their figures. */
export interface AlikeProblems {
  readonly status: Problem["status"];
  /** Of the first. */
  readonly reasons: readonly Reason[];
  readonly problems: readonly Problem[];
}

/** Groups problems by status and reasons, and by what `keyOf` says. */
export function alikeProblems(
  problems: readonly Problem[],
  keyOf: (problem: Problem) => string = () => "",
): AlikeProblems[] {
  const groups = Map.groupBy(
    problems,
    (problem) => [keyOf(problem), problem.status, reasonsKey(problem.reasons)].join("|"),
  );
  return [...groups.values()].map((alike) => ({
    status: alike[0].status,
    reasons: alike[0].reasons,
    problems: alike,
  }));
}
