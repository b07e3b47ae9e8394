import type { Summary } from "../../src/format/summary.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { terminalReport } from "../../src/report/terminal_report.ts";
import { summarise } from "../../src/summary/summarise.ts";
import { makeRun, makeTrials, type RunOverrides } from "./trials.ts";

/** A terminal of the usual width, without colours. */
export const PLAIN = { width: 80, color: false };

/** What a run prints at its end. */
export const linesOf = (summary: Summary, width = 80): string[] =>
  terminalReport(summary, { width, color: false }).split("\n");

/** The text on one line, as far as the first table. */
export const answerOf = (summary: Summary): string =>
  terminalReport(summary, PLAIN).split("\nmnist")[0].replaceAll(/\s+/g, " ");

/** The summary of a made-up run; `change` may alter or drop a trial. */
export function summaryOf(
  overrides: RunOverrides = {},
  change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial,
): Summary {
  const run = makeRun(overrides);
  return summarise(run, makeTrials(run, change), "run");
}
