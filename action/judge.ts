import type { Summary } from "../src/format/summary.ts";
import { formatCount, formatPercent } from "../src/report/numbers.ts";
import { ratioText } from "../src/report/comparison_words.ts";
import { reasonsText } from "../src/report/reason_words.ts";
import type { Annotation } from "./runner.ts";

/** What the action says of a run as a whole. */
export type ActionVerdict = "wrong" | "slower" | "faster" | "same" | "unresolved" | "not-compared";

/** A remark on a program, whose file is found later. */
export type ProgramAnnotation = Annotation & {
  readonly implementation: string;
  /** Its gradient is wrong, so that `diagnose` can say why. */
  readonly isWrong?: true;
};

export interface Judgement {
  readonly verdict: ActionVerdict;
  /** Whether the job should fail. */
  readonly failed: boolean;
  readonly annotations: readonly ProgramAnnotation[];
}

/**
 * The verdict on the proposed version. A base version that is wrong or fails is no fault of the proposal, and shows in
 * the report alone.
 */
export function judge(
  { problems, against }: Pick<Summary, "problems" | "against">,
  failOn: readonly string[],
): Judgement {
  const failures = problems.filter(({ status, cell }) =>
    status === "failed" && cell.copy === undefined
  );
  const faulty = [...Map.groupBy(failures, ({ cell }) => cell.implementation).values()]
    .map(([first]) => first);
  const wrong = faulty.map(({ cell, reasons }): ProgramAnnotation => {
    const isWrong = reasons.some(({ kind }) => kind === "wrong-gradient");
    return {
      implementation: cell.implementation,
      level: failOn.includes("wrong") ? "error" : "warning",
      title: isWrong ? "Wrong gradient" : "The program fails",
      message: `${cell.implementation} at m = ${formatCount(cell.examples)}: ` +
        reasonsText(reasons),
      ...isWrong && { isWrong },
    };
  });
  const changed = (["slower", "unresolved"] as const).flatMap((verdict) => {
    const cells = against?.cells.filter((one) => one.verdict === verdict) ?? [];
    return [...Map.groupBy(cells, ({ cell }) => cell.implementation).values()].map((ofProgram) => {
      const [worst] = ofProgram.toSorted((a, b) => b.ratio - a.ratio);
      const { cell, label } = worst;
      const what = verdict === "slower" ? "takes" : "may take";
      return {
        implementation: cell.implementation,
        level: failOn.includes(verdict) ? "error" : verdict === "slower" ? "warning" : "notice",
        title: verdict === "slower" ? "Slower" : "Too close to call",
        message: `${label} ${what} ${ratioText(worst)} the time per epoch of ${against!.a.run} ` +
          `at m = ${formatCount(cell.examples)}. Differences below ` +
          `${formatPercent(against!.thresholdInForce, 1)} do not count.`,
      } as const;
    });
  });
  const verdict = faulty.length > 0 ? "wrong" : against?.verdict ?? "not-compared";
  const annotations = [...wrong, ...changed];
  return { verdict, failed: annotations.some(({ level }) => level === "error"), annotations };
}
