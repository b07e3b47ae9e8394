import type { CellSummary, Summary } from "../format/summary.ts";
import {
  type Block,
  type Figure,
  heading,
  type Item,
  numbers,
  paragraph,
  type ReportDocument,
  seriesTable,
  table,
  words,
} from "./document.ts";
import { keyResults } from "./key_results.ts";
import {
  formatCount,
  formatDuration,
  formatError,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./numbers.ts";
import { markedSpeedup, speedupLegend } from "./noise_words.ts";
import { againstSection, pairSection } from "./pair_section.ts";
import { plotsOf } from "./plots/plots_of_run.ts";
import type { RawRun } from "./page/raw_run.ts";
import { placeOf, termsOf } from "./terms.ts";
import { linesOf, sizesOf } from "./select.ts";
import { rooflineSection } from "./roofline_section.ts";
import { learningSection, resourceSection, steadinessSection } from "./result_sections.ts";
import { scalingSection } from "./scaling_section.ts";
import { gridOf, NONE } from "./grid.ts";
import { dataSection, environmentSection, methodSection, planSection } from "./setup_section.ts";

/** The whole report, in the order in which a reader needs it. */
export function buildDocument(summary: Summary, raw?: RawRun): ReportDocument {
  const drawn = plotsOf(summary, raw).map((plot): Figure => ({ kind: "figure", ...plot }));
  const [first, ...plots] = drawn;
  return {
    title: `Gradient benchmark ${summary.run}`,
    subtitle: [...termsOf(summary), ...placeOf(summary)].join(" · "),
    blocks: [
      // Before what they may take the ground from; in one piece, so that they do not push it away.
      ...(summary.warnings.length > 0
        ? [{ kind: "warning", text: summary.warnings.join(" ") } as const]
        : []),
      heading("Findings"),
      { kind: "lead", items: keyResultItems(summary, drawn), ...(first && { figure: first }) },
      ...figures(summary, plots),
      ...problemsSection(summary),
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
      ...methodSection(summary),
    ],
  };
}

/** Findings with the plots that there are. */
function keyResultItems(summary: Summary, drawn: readonly Figure[]): Item[] {
  const isDrawn = (name: string) => drawn.some(({ path }) => path === `plots/${name}.svg`);
  return keyResults(summary).map(({ text, figure }) =>
    figure !== undefined && isDrawn(figure) ? { text, figure } : { text }
  );
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
      `Speedup over ${summary.plan.baseline}: the mean ratio of the rounds${
        speedupLegend(summary)
      }`,
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
  const rows = lines.map(({ label, series, cells }) => ({
    series,
    cells: [
      label,
      [...new Set(cells.map(({ verdict }) => verdict))].join(", "),
      ...sizes.map((size) => {
        const found = cells.find(({ cell }) => cell.examples === size);
        return found === undefined ? NONE : errorText(found);
      }),
    ],
  }));
  return [
    heading("Verification"),
    paragraph(
      "Before it is timed, every kernel's gradient is compared with that of the oracle, a plain " +
        "float64 implementation. exact: bit for bit the same; reordered: equal but for the order " +
        "of sums; lower-precision: equal within what float32 allows; wrong: anything else. The " +
        "figures are the greatest relative errors by number of training examples.",
    ),
    seriesTable(
      [words("m ="), words("verdict"), ...sizes.map((size) => numbers(formatCount(size)))],
      rows,
    ),
  ];
}

function errorText({ verdict, maxRelativeError }: CellSummary): string {
  // Only a gradient with a NaN or an infinity in it has no error.
  const error = maxRelativeError === undefined ? "not finite" : formatError(maxRelativeError);
  return verdict === "wrong" ? `wrong: ${error}` : error;
}

function figures({ series }: Summary, plots: readonly Figure[]): Block[] {
  if (plots.length === 0) return [];
  return [
    heading("Plots"),
    { kind: "switches", labels: series.map(({ label }) => label) },
    ...plots,
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
