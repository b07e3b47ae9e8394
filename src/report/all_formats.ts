import { csvFormat } from "./csv.ts";
import { bmfFormat } from "./exchange/bmf.ts";
import { githubActionBenchmarkFormat } from "./exchange/github_action_benchmark.ts";
import { vegaLiteFormat } from "./exchange/vega_lite.ts";
import { htmlFormat } from "./html.ts";
import { jsonFormat } from "./json.ts";
import { markdownFormat } from "./markdown.ts";
import { svgFormat } from "./plots/plots_of_run.ts";
import type { ReportFormat } from "./report_format.ts";

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
