import type { CellSummary, Summary } from "../../format/summary.ts";
import type { Cell } from "../../format/trial_record.ts";
import { counted, formatPercent } from "../numbers.ts";
import { jsonFile, type ReportFormat } from "../report_format.ts";

/**
 * Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format): benchmark → measure → value with
 * its interval. `latency` is a built-in measure of the service, in ns; it creates the others when they first arrive.
 */
export const bmfFormat: ReportFormat = {
  name: "bmf",
  summary: "bmf.json: for Bencher (`bencher run --adapter json --file bmf.json`)",
  onDemand: true,
  render(summary) {
    const benchmarks = exchangedCells(summary).map((one) => {
      const { value, low, high } = one.nsPerEpoch;
      return [cellName(one.cell, summary), {
        latency: { value, lower_value: low, upper_value: high },
        "test-accuracy": { value: one.testAccuracy },
        ...(one.peakRssBytes !== undefined && { "peak-memory": { value: one.peakRssBytes } }),
      }];
    });
    return [jsonFile("bmf.json", Object.fromEntries(benchmarks))];
  },
};

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

/** The cells for other tools: without wrong gradients, whose times mean nothing. */
const exchangedCells = ({ cells }: Summary): CellSummary[] =>
  cells.filter(({ verdict }) => verdict !== "wrong");

/**
 * The name of a cell across all runs. Services that follow a benchmark over commits identify it by its name, so the name
 * holds everything that affects a cell (its data too, because some implementations skip zero pixels) and nothing that
 * depends on the other cells of a run.
 */
const cellName = (cell: Cell, { data, plan }: Pick<Summary, "data" | "plan">): string =>
  [
    cell.implementation,
    cell.runtime,
    cell.layerSizes.join("-"),
    cell.hiddenActivation,
    cell.outputLoss,
    `m=${cell.examples}`,
    `B=${cell.batchSize}`,
    `threads=${cell.threads}`,
    ...(cell.ranks === undefined ? [] : [`ranks=${cell.ranks}`]),
    `seed=${cell.seed}`,
    `data=${data.name}`,
    `epochs=${plan.epochs}`,
    `rate=${cell.rate}`,
    `initialisation=${plan.initialisation}`,
    ...(cell.machine === undefined ? [] : [`machine=${cell.machine}`]),
  ].join("/");
