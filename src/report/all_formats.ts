import { join } from "node:path";
import type { Summary } from "../format/summary.ts";
import { writeFileAtomic } from "../base/files.ts";
import { csvFormat } from "./csv.ts";
import { bmfFormat } from "./exchange/bmf.ts";
import { githubActionBenchmarkFormat } from "./exchange/github_action_benchmark.ts";
import { vegaLiteFormat } from "./exchange/vega_lite.ts";
import { htmlFormat } from "./html.ts";
import { markdownFormat } from "./markdown.ts";
import type { RawRun } from "./page/raw_run.ts";
import { svgFormat } from "./plots/plots_of_run.ts";
import { jsonFile, type ReportFormat } from "./report_format.ts";

const jsonFormat: ReportFormat = {
  name: "json",
  summary: "summary.json: everything derived, for programs",
  render: (summary) => [jsonFile("summary.json", summary)],
};

/** Every format of a report: adding one is a file beside this one and a line here. */
export const FORMATS: readonly ReportFormat[] = [
  jsonFormat,
  markdownFormat,
  htmlFormat,
  csvFormat,
  svgFormat,
  bmfFormat,
  githubActionBenchmarkFormat,
  vegaLiteFormat,
];

/**
 * Renders a summary and its run into the folder of the run, in the named formats or all that are not on demand. Each
 * file is written whole or not at all. Returns the paths, relative to the folder.
 */
export async function writeReports(
  folder: string,
  summary: Summary,
  raw: RawRun,
  formats?: readonly string[],
): Promise<string[]> {
  const written = new Set<string>(); // two formats may share a plot
  for (const format of FORMATS) {
    if (!(formats ? formats.includes(format.name) : !format.onDemand)) continue;
    for (const { path, content } of await format.render(summary, raw)) {
      if (written.has(path)) continue;
      await writeFileAtomic(join(folder, path), content);
      written.add(path);
    }
  }
  return [...written];
}
