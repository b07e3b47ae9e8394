import { counted, formatPercent } from "../numbers.ts";
import { jsonFile, type ReportFormat } from "../report_format.ts";
import { cellName, exchangedCells } from "./cell_name.ts";

/**
 * A list for github-action-benchmark with `tool: customSmallerIsBetter`
 * (https://github.com/benchmark-action/github-action-benchmark): name, unit, value, and as `range` the
 * greater half of the interval.
 */
export const githubActionBenchmarkFormat: ReportFormat = {
  name: "github-action-benchmark",
  summary: "github-action-benchmark.json: for that action, tool customSmallerIsBetter",
  onDemand: true,
  render(summary) {
    const entries = exchangedCells(summary).map(({ cell, nsPerEpoch, testAccuracy, trials }) => {
      const { value, low, high, confidence } = nsPerEpoch;
      return {
        name: cellName(cell, summary),
        unit: "ns/epoch",
        value,
        range: `± ${Math.ceil(Math.max(value - low, high - value))}`,
        extra:
          `${formatPercent(confidence, 0)} interval [${Math.floor(low)}, ${Math.ceil(high)}]\n` +
          `${counted(trials, "trial")}\ntest accuracy ${formatPercent(testAccuracy)}`,
      };
    });
    return [jsonFile("github-action-benchmark.json", entries)];
  },
};
