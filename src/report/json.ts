import type { ReportFormat } from "./report_format.ts";

export const jsonFormat: ReportFormat = {
  name: "json",
  summary: "summary.json: everything derived, for programs",
  render: (summary) => [
    { path: "summary.json", content: JSON.stringify(summary, undefined, 2) + "\n" },
  ],
};
