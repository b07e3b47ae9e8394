import { join } from "node:path";
import type { Summary } from "../format/summary.ts";
import { writeFileAtomic } from "../base/files.ts";
import { csvFormat } from "./csv.ts";
import { bmfFormat, githubActionBenchmarkFormat } from "./exchange/cell_lists.ts";
import { vegaLiteFormat } from "./exchange/vega_lite.ts";
import { htmlFormat } from "./html.ts";
import { markdownFormat } from "./markdown.ts";
import type { RawRun } from "./page/raw_run.ts";
import { svgFormat } from "./plots/plots_of_run.ts";
import { jsonFile, type ReportFormat } from "./report_format.ts";

/** Every format of a report: adding one is a file beside this one and a line here. */
export const FORMATS: readonly ReportFormat[] = [
  {
    name: "json",
    summary: "summary.json: everything derived, for programs",
    render: (summary) => [jsonFile("summary.json", summary)],
  },
  markdownFormat,
  htmlFormat,
  csvFormat,
  svgFormat,
  bmfFormat,
  githubActionBenchmarkFormat,
  vegaLiteFormat,
];

/** Writes a report into the folder of its run, by default in all formats not on demand; returns the paths within it. */
export async function writeReports(
  folder: string,
  summary: Summary,
  raw: RawRun,
  formats?: readonly string[],
): Promise<string[]> {
  const files = new Map<string, string>(); // two formats may share a plot
  for (const format of FORMATS) {
    if (!(formats ? formats.includes(format.name) : !format.onDemand)) continue;
    for (const { path, content } of await format.render(summary, raw)) files.set(path, content);
  }
  for (const [path, content] of files) await writeFileAtomic(join(folder, path), content);
  return [...files.keys()];
}
