import type { Summary } from "../analysis/summary.ts";
import {
  type Block,
  heading,
  list,
  numbers,
  paragraph,
  type ReportDocument,
  table,
  words,
} from "./document.ts";
import { findings } from "./findings.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./format.ts";
import { markedSpeedup, speedupLegend } from "./noise.ts";
import { againstSection, pairSection } from "./pairs.ts";
import { plotsOf } from "./plots.ts";
import { linesOf, sizesOf } from "./select.ts";
import { rooflineSection } from "./roofline.ts";
import { learningSection, resourceSection, steadinessSection } from "./results.ts";
import { scalingSection } from "./scaling.ts";
import { gridOf, NONE } from "./grid.ts";
import { dataSection, environmentSection, methodSection, planSection } from "./setup.ts";

/** The whole report, in the order in which a reader needs it. */
export function buildDocument(summary: Summary): ReportDocument {
  return {
    title: `Gradient benchmark ${summary.run}`,
    blocks: [
      heading("Findings"),
      list(findings(summary)),
      ...summary.warnings.map((text): Block => ({ kind: "warning", text })),
      ...figures(summary),
      ...resultsSection(summary),
      ...pairSection(summary),
      ...againstSection(summary),
      ...scalingSection(summary),
      ...learningSection(summary),
      ...rooflineSection(summary),
      ...steadinessSection(summary),
      ...resourceSection(summary),
      ...verificationSection(summary),
      ...environmentSection(summary),
      ...planSection(summary),
      ...dataSection(summary),
      ...problemsSection(summary),
      ...methodSection(summary),
    ],
  };
}

function resultsSection(summary: Summary): Block[] {
  if (summary.cells.length === 0) {
    return [heading("Results"), paragraph("Nothing was measured: no cell gave a figure.")];
  }
  const confidence = formatPercent(summary.cells[0].nsPerEpoch.confidence, 0);
  return [
    heading("Results"),
    paragraph(
      `Columns are numbers of training examples m; brackets hold ${confidence} intervals.`,
    ),
    ...gridOf(
      summary,
      "Time per epoch",
      ({ nsPerEpoch }) => formatInterval(nsPerEpoch, formatDuration),
    ),
    ...gridOf(
      summary,
      "Time per example",
      ({ nsPerExample }) => formatInterval(nsPerExample, formatDuration),
    ),
    ...gridOf(
      summary,
      `Speedup over ${summary.plan.baseline}${speedupLegend(summary)}`,
      (cell) => markedSpeedup(cell, (speedup) => formatInterval(speedup, formatRatio)),
    ),
    ...gridOf(summary, "Test accuracy", ({ testAccuracy }) => formatPercent(testAccuracy)),
    ...gridOf(
      summary,
      "Arithmetic rate",
      ({ flopPerSecond }) => `${formatNumber(flopPerSecond / 1e9)} GFLOP/s`,
    ),
  ];
}

function verificationSection(summary: Summary): Block[] {
  const lines = linesOf(summary);
  if (lines.length === 0) return [];
  const sizes = sizesOf(summary);
  const rows = lines.map(({ label, cells }) => [
    label,
    [...new Set(cells.map(({ verdict }) => verdict))].join(", "),
    ...sizes.map((size) => {
      const found = cells.find(({ cell }) => cell.examples === size);
      if (found === undefined) return NONE;
      // Only a gradient with a NaN or an infinity in it has no error.
      const error = found.maxRelativeError?.toExponential(1) ?? "not finite";
      return found.verdict === "wrong" ? `wrong: ${error}` : error;
    }),
  ]);
  return [
    heading("Verification"),
    paragraph(
      "Before it is timed, every kernel's gradient is compared with that of the oracle, a plain " +
        "float64 implementation. exact: bit for bit the same; reordered: equal but for the order " +
        "of sums; lower-precision: equal within what float32 allows; wrong: anything else. The " +
        "figures are the greatest relative errors by number of training examples.",
    ),
    table(
      [words("m ="), words("verdict"), ...sizes.map((size) => numbers(formatCount(size)))],
      rows,
    ),
  ];
}

function figures(summary: Summary): Block[] {
  const plots = plotsOf(summary);
  if (plots.length === 0) return [];
  return [
    heading("Figures"),
    { kind: "switches", labels: summary.series.map(({ label }) => label) },
    ...plots.map(({ path, svg, caption }): Block => ({ kind: "figure", path, svg, caption })),
  ];
}

function problemsSection({ problems }: Summary): Block[] {
  if (problems.length === 0) return [];
  return [
    heading("Skipped and failed"),
    table(
      [
        words("status"),
        words("implementation"),
        words("runtime"),
        numbers("m"),
        numbers("B"),
        numbers("threads"),
        numbers("seed"),
        words("rounds"),
        words("reason"),
      ],
      problems.map(({ status, cell, rounds, reason }) => [
        status,
        cell.implementation + (cell.copy === undefined ? "" : ` (${cell.copy})`),
        cell.runtime,
        formatCount(cell.examples),
        formatCount(cell.batchSize),
        String(cell.threads),
        String(cell.seed),
        rounds.join(", "),
        reason,
      ]),
    ),
  ];
}
