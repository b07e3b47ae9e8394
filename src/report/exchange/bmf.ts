import { jsonFile, type ReportFormat } from "../report_format.ts";
import { cellName, exchangedCells } from "./cell_name.ts";

/**
 * Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format): benchmark → measure → value with
 * its interval. `latency` is a built-in measure of the service, in ns; it creates the others when they first arrive.
 */
export const bmfFormat: ReportFormat = {
  name: "bmf",
  summary: "bmf.json: for Bencher (`bencher run --adapter json --file bmf.json`)",
  onDemand: true,
  render(summary) {
    const benchmarks = Object.fromEntries(
      exchangedCells(summary).map((
        { cell, nsPerEpoch, testAccuracy, peakRssBytes },
      ) => [cellName(cell, summary), {
        latency: {
          value: nsPerEpoch.value,
          lower_value: nsPerEpoch.low,
          upper_value: nsPerEpoch.high,
        },
        "test-accuracy": { value: testAccuracy },
        ...(peakRssBytes !== undefined && { "peak-memory": { value: peakRssBytes } }),
      }]),
    );
    return [jsonFile("bmf.json", benchmarks)];
  },
};
