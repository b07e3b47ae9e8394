import type { Reason } from "../src/format/reason.ts";
import type { Summary } from "../src/format/summary.ts";
import type { Cell } from "../src/format/trial_record.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { formatCount, formatPercent } from "../src/report/numbers.ts";
import { ratioText } from "../src/report/comparison_words.ts";
import { nothingCompared } from "../src/report/nothing_compared.ts";
import { reasonsText } from "../src/report/reason_words.ts";
import { kindOf } from "../src/trial/program/kinds.ts";
import type { Annotation } from "./runner.ts";

/** What the action says of a run as a whole. */
export type ActionVerdict = "wrong" | "slower" | "faster" | "same" | "unresolved" | "not-compared";

/** A remark on a program, whose file is found later. */
export type ProgramAnnotation = Annotation & {
  /** Absent where it is about no program. */
  readonly implementation?: string;
};

export interface Judgement {
  readonly verdict: ActionVerdict;
  /** Whether the job should fail. */
  readonly failed: boolean;
  readonly annotations: readonly ProgramAnnotation[];
}

/** What of a summary decides. */
type Judged = Pick<Summary, "problems" | "against" | "cells" | "plan" | "warnings" | "run">;

/**
 * The verdict on the proposed version. A base version that is wrong or fails is no fault of the proposal, and shows in
 * the report alone. A job fails in any case where no plug-in was timed or nothing was compared with the base version: it
 * would be green whatever the proposal does.
 */
export function judge(summary: Judged, failOn: readonly string[]): Judgement {
  const { problems, against } = summary;
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
  const isError = ({ level }: ProgramAnnotation) => level === "error";
  const ofPrograms = [...wrong, ...changed, ...untimed(summary, wrong.some(isError))];
  const annotations = ofPrograms.some(isError)
    ? ofPrograms
    : [...ofPrograms, ...uncompared(summary)];
  return { verdict, failed: annotations.some(isError), annotations };
}

/** Remarks on plug-ins that were skipped in every trial: errors, where no plug-in was timed. */
function untimed({ plan, cells, problems }: Judged, hasFailed: boolean): ProgramAnnotation[] {
  const others = new Set([...IMPLEMENTATIONS.map(({ name }) => name), ...plan.peers]);
  const isPlugin = ({ cell }: { readonly cell: Cell }) =>
    cell.copy === undefined && !others.has(cell.implementation);
  const timed = new Set(cells.filter(isPlugin).map(({ cell }) => cell.implementation));
  const isTimed = ({ cell }: { readonly cell: Cell }) => timed.has(cell.implementation);
  const skipped = problems.filter((one) =>
    one.status === "skipped" && isPlugin(one) && !isTimed(one)
  );
  const title = "Not measured";
  const level = timed.size === 0 ? "error" : "warning";
  const ofPrograms = [...Map.groupBy(skipped, ({ cell }) => cell.implementation).values()]
    .map(([{ cell: { implementation }, reasons }]): ProgramAnnotation => ({
      implementation,
      level,
      title,
      message: `${implementation}: ${reasonsText(reasons)}${runtimeHint(plan, reasons)}`,
    }));
  if (timed.size > 0 || ofPrograms.length > 0 || hasFailed) return ofPrograms;
  return [{ level, title, message: "No plug-in has a timed trial, so that nothing can be judged" }];
}

/** A remark on a base version with which nothing was compared: an error, unless that version itself fails. */
function uncompared(summary: Judged): ProgramAnnotation[] {
  const found = nothingCompared(summary);
  if (found === undefined) return [];
  const failed = summary.problems.filter(({ status }) => status === "failed");
  const isOfBase = found.causes.length === 1 && found.causes[0] === "failed" &&
    failed.every(({ cell }) => cell.copy === "reference");
  return [{
    level: isOfBase ? "notice" : "error",
    title: "Nothing compared",
    message: found.text,
  }];
}

/** Node, in which the action runs unless told otherwise, calls no native code. */
function runtimeHint({ plugins, runtimes }: Judged["plan"], reasons: readonly Reason[]): string {
  const isNative = plugins.some((one) => kindOf(one) === "native");
  const isUnavailable = reasons.some(({ kind }) => kind === "unavailable");
  const isNode = runtimes.every((one) => one === "node");
  return isNative && isUnavailable && isNode ? "; set the input `runtime: deno`" : "";
}
