import type { DryRun } from "../format/dry_run.ts";
import { counted, formatCount, formatDuration, formatWait, listed } from "./numbers.ts";
import { reasonsText } from "./reason_words.ts";
import { paint, type Style, wrapped } from "./terminal_style.ts";
import { alignedRows } from "./text_table.ts";

/** What a sweep would take, then a row for each program and m, then what would be skipped. */
export function dryRunText(dryRun: DryRun, style: Style): string[] {
  const run = dryRun.cells.filter(({ trials }) => trials > 0);
  const skipped = dryRun.cells.filter(({ trials }) => trials === 0);
  const head = ["program", "m", "trials", "each"];
  const rows = alignedRows(
    [
      head,
      ...run.map(({ cell, label, trials, trialNs }) => [
        label + COPIES[cell.copy ?? "none"],
        formatCount(cell.examples),
        formatCount(trials),
        trialNs === undefined ? "?" : formatDuration(trialNs),
      ]),
    ],
    style.width,
    [1, 2, 3],
  );
  const texts = skipped.map(({ cell, label, reasons = [] }) =>
    `– ${label}${COPIES[cell.copy ?? "none"]}, m = ${formatCount(cell.examples)}: ` +
    `${reasonsText(reasons)}`
  );
  return [
    ...wrapped(answerSentence(dryRun), style, "bold"),
    ...wrapped(basisSentence(dryRun), style),
    ...run.length === 0
      ? []
      : rows.flatMap((lines, i) => i === 0 ? lines.map((one) => paint("dim", one, style)) : lines),
    ...texts.flatMap((text) => wrapped(text, style, "dim", "  ")),
  ];
}

const COPIES = { none: "", twin: " (null twin)", reference: " (as it was)" };

/** "Would run 81 trials of 27 cells in about 1 min 40 s; 9 cells would be skipped." */
function answerSentence({ cells, predictedNs, budgetSeconds }: DryRun): string {
  const run = cells.filter(({ trials }) => trials > 0);
  if (run.length === 0) return "Would run nothing: every cell would be skipped.";
  const trials = run.reduce((sum, one) => sum + one.trials, 0);
  const budget = formatWait(budgetSeconds * 1e9);
  const time = predictedNs === undefined
    ? `at most ${budget}, the budget`
    : `about ${formatWait(predictedNs)} (budget: ${budget})`;
  const skipped = cells.length - run.length;
  return `Would run ${counted(trials, "trial")} of ${counted(run.length, "cell")} in ${time}` +
    (skipped === 0 ? "." : `; ${counted(skipped, "cell")} would be skipped.`);
}

/** The program's start, the ceilings and what is compiled come on top: they are no trials. */
function basisSentence({ cells, from }: DryRun): string {
  const unknown = [
    ...new Set(
      cells.flatMap(({ trials, trialNs, label }) =>
        trials > 0 && trialNs === undefined ? [label] : []
      ),
    ),
  ];
  const timed = cells.some(({ trials, trialNs }) => trials > 0 && trialNs !== undefined);
  const basis = from.length === 0
    ? "No earlier run of this machine lies here to predict from."
    : !timed && unknown.length > 0
    ? "No earlier run of this machine timed these programs, so nothing is predicted."
    : `Predicted from ${counted(from.length, "earlier run")} of this machine.`;
  return unknown.length === 0 || from.length === 0 || !timed
    ? basis
    : `${basis} None of them timed ${listed(unknown)}.`;
}
