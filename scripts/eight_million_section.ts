import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatPercent,
} from "../src/report/numbers.ts";
import type { Summary } from "../src/format/summary.ts";
import { numberTable } from "./splice.ts";

/** The part of docs/DATA.md on the run over four decades of m and on that of several ranks, as Markdown. */
export function eightMillionSection(summary: Summary, ofRanks: Summary): string {
  const { environment, plan } = summary;
  const rows = summary.cells.toSorted((a, b) => a.cell.examples - b.cell.examples).map((cell) => [
    formatCount(cell.cell.examples),
    formatDuration(cell.nsPerEpoch.value),
    formatDuration(cell.nsPerExample.value),
    formatPercent(cell.testAccuracy),
    cell.peakRssBytes === undefined ? "unknown" : formatBytes(cell.peakRssBytes),
    formatBytes(cell.cell.examples * (cell.cell.layerSizes[0] + 1)),
  ]);
  const exponents = summary.scalingLaws.map(({ exponent }) => formatFixed(exponent.value, 2));
  return [
    `\`${plan.implementations.join("`, `")}\` on ${
      counted(environment.cores, "core")
    } of an ${environment.cpu}, ${plan.layers.map((layers) => layers.join("-")).join(", ")}, ` +
    `B = ${plan.batchSizes.join(", ")}, ${counted(plan.epochs, "epoch")}.` +
    (exponents.length > 0
      ? ` Time is proportional to m^k with k = ${exponents.join(" and ")}.`
      : ""),
    "",
    numberTable(
      ["m", "epoch", "per example", "test accuracy", "peak memory of a trial", "pixels and labels"],
      rows,
    ),
    "",
    "![Time per epoch over the number of examples, log-log](../results/eight_million/plots/time.svg)",
    "",
    "![Test accuracy over the number of examples](../results/eight_million/plots/accuracy.svg)",
    "",
    ...ranksPart(ofRanks),
  ].join("\n");
}

/** What one rank and several need for the same examples. */
function ranksPart({ cells, plan }: Summary): string[] {
  const single = cells.find(({ cell }) => cell.ranks === 1)?.peakRssBytes;
  const rows = cells.toSorted((a, b) => (a.cell.ranks ?? 1) - (b.cell.ranks ?? 1)).map((
    { cell: { ranks = 1 }, nsPerEpoch, peakRssBytes },
  ) => [
    String(ranks),
    formatDuration(nsPerEpoch.value),
    peakRssBytes === undefined ? "unknown" : formatBytes(peakRssBytes),
    peakRssBytes === undefined || single === undefined
      ? "unknown"
      : formatPercent(peakRssBytes / single, 0),
  ]);
  const examples = [...new Set(cells.map(({ cell }) => formatCount(cell.examples)))];
  return [
    `[The same with ranks](../results/eight_million_ranks/report.html): ` +
    `\`${plan.implementations.join("`, `")}\`, m = ${examples.join(", ")}, ` +
    `B = ${plan.batchSizes.join(", ")}, ${counted(plan.epochs, "epoch")}.`,
    "",
    numberTable(["ranks", "epoch", "peak memory of the largest rank", "share of one rank's"], rows),
  ];
}
