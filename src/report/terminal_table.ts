import type { CellSummary, Summary } from "../analysis/summary.ts";
import { formatCount, formatDuration, formatPercent, formatRatio } from "./format.ts";
import { markedSpeedup, speedupLegend } from "./noise.ts";
import { type Line, linesOf, sizesOf } from "./select.ts";
import { markerOfSeries, paint, paintOfSeries, type Style } from "./terminal_style.ts";

interface Column {
  readonly title: string;
  readonly value: (cell: CellSummary) => string;
}

/** Series × sizes: a table for each figure, cut into several where the terminal is too narrow. */
export function resultTables(summary: Summary, style: Style): string[][] {
  if (summary.cells.length === 0) return [["Nothing was measured."]];
  const rows = linesOf(summary);
  const sizes = sizesOf(summary);
  const figures: Column[] = [
    { title: "Time per epoch", value: ({ nsPerEpoch }) => formatDuration(nsPerEpoch.value) },
    { title: "Time per example", value: ({ nsPerExample }) => formatDuration(nsPerExample.value) },
    {
      title: `Speedup over ${summary.plan.baseline}${speedupLegend(summary)}`,
      value: (cell) => markedSpeedup(cell, ({ value }) => formatRatio(value)) ?? "–",
    },
    ...(summary.cells.some(({ roofline }) => roofline?.ceiling)
      ? [{ title: "Share of the machine's ceiling", value: shareOfCeiling }]
      : []),
    { title: "Test accuracy", value: ({ testAccuracy }) => formatPercent(testAccuracy) },
  ];
  return figures.flatMap((figure) => tables(figure, rows, sizes, style));
}

const shareOfCeiling = ({ roofline }: CellSummary): string =>
  roofline?.ceiling ? formatPercent(roofline.ceiling.share, 0) : "–";

function tables(
  figure: Column,
  rows: readonly Line[],
  sizes: readonly number[],
  style: Style,
): string[][] {
  const text = rows.map((row) =>
    sizes.map((size) => {
      const cell = row.cells.find((one) => one.cell.examples === size);
      return cell ? figure.value(cell) : "–";
    })
  );
  const heads = sizes.map(formatCount);
  const widths = sizes.map((_, column) =>
    Math.max(heads[column].length, ...text.map((row) => row[column].length))
  );
  const labelWidth = Math.max("m =".length, ...rows.map(({ label }) => label.length)) + 2;
  return chunks(widths, style.width - labelWidth).map(([from, to]) => {
    const line = (label: string, cells: readonly string[]) =>
      label +
      cells.slice(from, to).map((cell, i) => `  ${cell.padStart(widths[from + i])}`).join("");
    return [
      paint("bold", figure.title, style),
      paint("dim", line("m =".padStart(labelWidth), heads), style),
      ...rows.map((row, i) => {
        const marker = paint(paintOfSeries(row.series), markerOfSeries(row.series), style);
        return `${marker} ${line(row.label.padEnd(labelWidth - 2), text[i])}`;
      }),
    ];
  });
}

/** Ranges [from, to) of columns that fit into `width`, each column two spaces apart; at least one in each. */
function chunks(widths: readonly number[], width: number): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  let used = 0;
  widths.forEach((column, i) => {
    if (i > from && used + column + 2 > width) {
      ranges.push([from, i]);
      from = i;
      used = 0;
    }
    used += column + 2;
  });
  ranges.push([from, widths.length]);
  return ranges;
}
