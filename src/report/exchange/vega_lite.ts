import { jsonFile, type ReportFormat } from "../report_format.ts";
import { linesOf } from "../select.ts";

/** Time per epoch over m as an editable Vega-Lite specification. Rows hold all figures of a cell, for other encodings. */
export const vegaLiteFormat: ReportFormat = {
  name: "vega-lite",
  summary: "vega-lite.json: time over m with its data, for the Vega editor and notebooks",
  onDemand: true,
  render(summary) {
    const values = linesOf(summary).flatMap(({ label, cells }) =>
      cells.map(({ cell, nsPerEpoch, nsPerExample, testAccuracy, peakRssBytes, speedup }) => ({
        series: label,
        implementation: cell.implementation,
        runtime: cell.runtime,
        examples: cell.examples,
        batchSize: cell.batchSize,
        seed: cell.seed,
        ...(cell.machine !== undefined && { machine: cell.machine }),
        // In seconds, because an axis adds SI prefixes such as "m" and "µ".
        secondsPerEpoch: nsPerEpoch.value / 1e9,
        secondsPerEpochLow: nsPerEpoch.low / 1e9,
        secondsPerEpochHigh: nsPerEpoch.high / 1e9,
        nsPerExample: nsPerExample.value,
        testAccuracy,
        ...(peakRssBytes !== undefined && { peakRssBytes }),
        ...(speedup && { speedup: speedup.value }),
      }))
    );
    const log = { type: "quantitative", scale: { type: "log" } };
    const x = { field: "examples", ...log, title: "training examples m" };
    const time = { ...log, title: "time per epoch (s)", axis: { format: "~s" } };
    const color = { field: "series", type: "nominal", title: null, legend: { labelLimit: 0 } };
    const interval = {
      x,
      y: { ...time, field: "secondsPerEpochLow" },
      y2: { field: "secondsPerEpochHigh" },
      color,
    };
    const specification = {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      title: `Time per epoch, ${summary.run}`,
      width: 640,
      height: 400,
      data: { values },
      layer: [
        { mark: { type: "area", opacity: 0.15 }, encoding: interval },
        {
          mark: { type: "line", point: true, tooltip: true },
          encoding: { x, y: { ...time, field: "secondsPerEpoch" }, color },
        },
        { mark: { type: "rule" }, encoding: interval },
      ],
    };
    return [jsonFile("vega-lite.json", specification)];
  },
};
