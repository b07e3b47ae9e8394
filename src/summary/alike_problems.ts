import type { Problem } from "../format/summary.ts";
import { reasonsKey } from "./reasons_key.ts";

/** Problems whose reasons differ only in their figures, with those of the first. */
export interface AlikeProblems extends Pick<Problem, "status" | "reasons"> {
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
  return [...groups.values()].map((problems) => {
    const [{ status, reasons }] = problems;
    return { status, reasons, problems };
  });
}
