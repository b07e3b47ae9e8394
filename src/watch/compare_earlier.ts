import { basename } from "node:path";
import { compareRuns } from "../compare/compare_runs.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { findPredecessors, type Pair } from "./predecessors.ts";
import { InputError } from "../base/errors.ts";
import { comparisonReport } from "../report/comparison_text.ts";
import { changesBetween, describeChange } from "../sweep/plugin_copies.ts";
import { readRun } from "../sweep/run_folder.ts";
import type { Cell } from "../format/trial_record.ts";
import { THRESHOLD } from "../format/config.ts";
import type { Terminal } from "../base/terminal.ts";

/**
 * Prints how the cells of the implementations in `names` compare with those before the edit, or why they cannot be
 * compared. `earlier` holds the folders of complete runs, the oldest first.
 */
export function compareWithEarlier(
  folder: string,
  names: readonly string[],
  earlier: readonly string[],
  format: "text" | "json",
  terminal: Terminal,
): void {
  const { pairs, without } = findPredecessors(
    readNamed(folder),
    ({ implementation }) => names.includes(implementation),
    Iterator.from(earlier.toReversed()).map(readNamed),
  );
  for (const pair of pairs) {
    try {
      terminal.out(report(pair, format, terminal));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.note(`no comparison with ${pair.before.name}: ${error.message}`);
      if (error.hint !== undefined) terminal.note(`hint: ${error.hint}`);
    }
  }
  if (without.length > 0) {
    terminal.note(`no comparison of ${described(without)}: no earlier run has a good trial of it`);
  }
}

/** The comparison and the edits; as JSON they are one line. */
function report({ before, after }: Pair, format: "text" | "json", terminal: Terminal): string {
  const comparison = compareRuns(before, after, THRESHOLD);
  const edits = changesBetween(before.run, after.run);
  if (format === "json") return JSON.stringify({ ...comparison, edits });
  const told = edits.map(describeChange).join(", ");
  return (told === "" ? "" : `Edited between A and B: ${told}\n`) +
    comparisonReport(comparison, terminal);
}

/** "naive_loop, fused_typed at m = 60, 120" */
function described(cells: readonly Cell[]): string {
  const list = (values: readonly (string | number)[]) => [...new Set(values)].join(", ");
  const names = list(cells.map(({ implementation }) => implementation));
  return `${names} at m = ${list(cells.map(({ examples }) => examples))}`;
}

function readNamed(folder: string): NamedRun {
  const { run, trials } = readRun(folder);
  return { name: basename(folder), run, trials };
}
