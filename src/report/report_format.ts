import type { Summary } from "../format/summary.ts";
import type { RawRun } from "./page/raw_run.ts";

export interface ReportFile {
  /** Relative to the folder of the run: "report.md", "plots/time.svg". */
  readonly path: string;
  readonly content: string;
}

/** One way to render a summary. Pure: the same arguments give the same bytes. */
export interface ReportFormat {
  /** What `report --format` calls it. */
  readonly name: string;
  readonly summary: string;
  /** Written where it is asked for by name, and not with every run. */
  readonly onDemand?: true;
  /**
   * `raw` is what the summary was computed from: to be passed on, and for the plot of the samples in their order; no
   * other figure is taken from it.
   */
  render(
    summary: Summary,
    raw?: RawRun,
  ): readonly ReportFile[] | Promise<readonly ReportFile[]>;
}
