/**
 * What the commands do, as functions. Each loads what it needs when it is called: a test that checks a gradient does not
 * wait for plots and schemas.
 */
import type { Comparison } from "../format/comparison.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import type { RawRun } from "../report/page/raw_run.ts";
import type { ReportFile } from "../report/report_format.ts";
import type { BenchOptions } from "./bench.ts";
import type { DiagnosedProgram, DiagnoseOptions } from "./diagnose.ts";
import type { Run } from "./runs.ts";

/**
 * Trains programs on growing subsets, each trial in a fresh process, as `slope bench` does. Writes a folder with raw
 * trials and reports, and returns what follows from them: times in ns, memory in bytes. `plan` has any of the fields of
 * a plan file; the rest are defaults.
 *
 * Throws InputError for a plan or files that cannot be used.
 *
 * @example
 * ```ts
 * import { bench } from "slope-bench";
 *
 * const summary = await bench({ plugins: ["mine.ts"] }, { preset: "quick" });
 * ```
 */
export async function bench(plan: PlanInput, options: BenchOptions = {}): Promise<Summary> {
  return await (await import("./bench.ts")).bench(plan, options);
}

/**
 * Says what is wrong with programs in any language, why they do not learn and what to change, as `slope diagnose` does:
 * it starts processes and trains for some seconds. `plan` names the programs (`plugins`, `implementations`) and has any
 * other field of a plan file. Returns a diagnosis for each cell, or why it was skipped: findings are data with words;
 * `layers` count from 1; `text` is what the command prints.
 *
 * Throws InputError for a plan or files that cannot be used, and the reason of the signal where it is aborted.
 *
 * @example
 * ```ts
 * import { diagnose } from "slope-bench";
 *
 * const [{ healthy, text }] = await diagnose({ plugins: ["mine.py"] });
 * ```
 */
export async function diagnose(
  plan: PlanInput,
  options: DiagnoseOptions = {},
): Promise<readonly DiagnosedProgram[]> {
  return await (await import("./diagnose.ts")).diagnose(plan, options);
}

/**
 * Reads a run: the path of its folder, its name in `results/`, or "latest". Its `summary` is computed from the trials.
 *
 * Throws InputError where there is no run, or one that is damaged or of another version of the format.
 *
 * @example
 * ```ts
 * import { readRun } from "slope-bench";
 *
 * const { run, trials, summary } = await readRun("results/latest");
 * ```
 */
export async function readRun(folder: string): Promise<Run> {
  return await (await import("./runs.ts")).readRun(folder);
}

/**
 * Compares two runs of one machine cell by cell: ratio = B / A of the time per epoch, its interval and a verdict.
 * `threshold` is the smallest difference that counts, as a factor less 1 (default 0.03 = 3 %).
 *
 * Throws InputError where nothing can be compared: other machines, other data, other training, or no cell with two
 * trials in both.
 *
 * @example
 * ```ts
 * import { compare, readRun } from "slope-bench";
 *
 * const comparison = await compare(await readRun("results/before"), await readRun("results/latest"));
 * if (comparison.verdict === "slower") process.exitCode = 1;
 * ```
 */
export async function compare(
  a: RawRun,
  b: RawRun,
  options: { readonly threshold?: number } = {},
): Promise<Comparison> {
  const { compareRuns } = await import("../compare/compare_runs.ts");
  const { THRESHOLD } = await import("../format/config.ts");
  return compareRuns(a, b, options.threshold ?? THRESHOLD);
}

/**
 * Renders a run, or its summary: "text" and "verbose" as the terminal has them, "json", "md", "html", "csv", "svg",
 * and what `slope report --help` lists. Most formats are one file, "svg" is several: `path` is relative to the folder of
 * the run. Of a run, the page holds the raw trials, too. The same input gives the same bytes.
 *
 * Throws InputError for an unknown format.
 *
 * @example
 * ```ts
 * import { readRun, render } from "slope-bench";
 *
 * const [report] = await render(await readRun("results/latest"), "md");
 * console.log(report.path, report.content);
 * ```
 */
export async function render(
  run: Summary | Run,
  format: string,
): Promise<readonly ReportFile[]> {
  return await (await import("./runs.ts")).render(run, format);
}
