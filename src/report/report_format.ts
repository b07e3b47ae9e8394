import type { Summary } from "../format/summary.ts";
import type { RawRun } from "./page/raw_run.ts";

export interface ReportFile {
  /** Relative to the folder of the run: "report.md", "plots/time.svg". */
  readonly path: string;
  readonly content: string;
}

/** A way to render a summary: the same arguments give the same bytes. */
export interface ReportFormat {
  /** What `report --format` calls it. */
  readonly name: string;
  readonly summary: string;
  /** Written only when asked for by name. */
  readonly onDemand?: true;
  /** `raw` is what the summary was computed from: to embed, and to plot the samples in their order. */
  render(
    summary: Summary,
    raw?: RawRun,
  ): readonly ReportFile[] | Promise<readonly ReportFile[]>;
}

export const jsonFile = (path: string, value: unknown): ReportFile => ({
  path,
  content: JSON.stringify(value, undefined, 2) + "\n",
});
