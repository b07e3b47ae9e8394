import { isJavaScript } from "../base/runtime.ts";
import type { Plan } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Analysed } from "./analyse.ts";
import { problemKey } from "./problem_key.ts";

/** What each cell is compared with, where there is a baseline for it. */
export function baselinesOf(cells: readonly Analysed[], plan: Plan): Map<Analysed, Analysed> {
  const baselines = cells.filter(({ summary }) => summary.cell.implementation === plan.baseline);
  return new Map(cells.flatMap((one) => {
    const base = baselineOf(one.summary.cell, baselines, plan);
    return base ? [[one, base]] : [];
  }));
}

/**
 * The baseline that a cell is compared with: in the same runtime, or, for a Python peer, in the first runtime that has
 * one; with the same number of threads, else with its fewest.
 */
function baselineOf(cell: Cell, baselines: readonly Analysed[], plan: Plan): Analysed | undefined {
  const same = baselines.filter(({ summary }) => problemKey(summary.cell) === problemKey(cell));
  const runtimes = isJavaScript(cell.runtime)
    ? [cell.runtime, "python", "program"]
    : [cell.runtime, ...plan.runtimes];
  const runtime = runtimes.find((name) =>
    same.some(({ summary }) => summary.cell.runtime === name)
  );
  const here = same.filter(({ summary }) => summary.cell.runtime === runtime);
  return here.find(({ summary }) => summary.cell.threads === cell.threads) ??
    here.toSorted((a, b) => a.summary.cell.threads - b.summary.cell.threads)[0];
}
