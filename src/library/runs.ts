import { basename } from "node:path";
import { InputError } from "../base/errors.ts";
import type { Summary } from "../format/summary.ts";
import { FORMATS, writeReports } from "../report/all_formats.ts";
import type { RawRun } from "../report/page/raw_run.ts";
import type { ReportFile } from "../report/report_format.ts";
import { terminalReport, verboseReport } from "../report/terminal_report.ts";
import { summarise } from "../summary/summarise.ts";
import { findRunFolder, readRun as readRecords } from "../sweep/run_folder.ts";

/** A run from disk: what was planned and measured, and what follows from it. */
export interface Run extends RawRun {
  readonly folder: string;
  readonly summary: Summary;
  /** Bytes of a last record that a killed sweep left unfinished; it is left out. */
  readonly cutBytes: number;
}

/** A run by the path of its folder. Throws InputError where it is damaged, or of another version of the format. */
export function runIn(folder: string): Run {
  const { run, trials, cutBytes } = readRecords(folder);
  const name = basename(folder);
  let summary: Summary | undefined;
  return {
    folder,
    name,
    run,
    trials,
    cutBytes,
    get summary() {
      return summary ??= summarise(run, trials, name);
    },
  };
}

/** A run by its path, by its name in `results/`, or "latest". */
export async function readRun(folder: string): Promise<Run> {
  return runIn(await findRunFolder(folder, "results"));
}

/** Formats of a terminal, which are no files of a run. */
const TEXTS = { text: terminalReport, verbose: verboseReport } as const;

/** The files of a format. Throws InputError for an unknown one. */
export async function render(
  run: Summary | Run,
  format: string,
): Promise<readonly ReportFile[]> {
  const [summary, raw] = "trials" in run ? [run.summary, run] : [run, undefined];
  const text = Object.hasOwn(TEXTS, format) ? TEXTS[format as keyof typeof TEXTS] : undefined;
  if (text) return [{ path: "report.txt", content: text(summary, { width: 80, color: false }) }];
  const found = FORMATS.find(({ name }) => name === format);
  if (found === undefined) {
    const names = [...Object.keys(TEXTS), ...FORMATS.map(({ name }) => name)];
    throw new InputError(
      `Cannot render "${format}": there is no such format`,
      `known are ${names.join(", ")}`,
    );
  }
  return await found.render(summary, raw);
}

/** Writes the reports of a run into its folder. */
export async function publish(run: Run): Promise<void> {
  await writeReports(run.folder, run.summary, run);
}
