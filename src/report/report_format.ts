import type { Summary } from "../analysis/summary.ts";

export interface ReportFile {
  /** Relative to the folder of the run: "report.md", "plots/time.svg". */
  readonly path: string;
  readonly content: string;
}

/** One way to render a summary. Pure: the same summary gives the same bytes. */
export interface ReportFormat {
  /** What `report --format` calls it. */
  readonly name: string;
  readonly summary: string;
  /** Written where it is asked for by name, and not with every run. */
  readonly onDemand?: true;
  render(summary: Summary): readonly ReportFile[] | Promise<readonly ReportFile[]>;
}
