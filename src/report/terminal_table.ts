import type { CellSummary, Summary } from "../format/summary.ts";
import { formatCount, formatDuration, formatPercent, formatRatio } from "./numbers.ts";
import { markedSpeedup, speedupLegend } from "./noise_words.ts";
import { type Line, linesOf, sizesOf } from "./select.ts";
import { chunks } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import { markerOfSeries, paint, paintOfSeries, type Style } from "./terminal_style.ts";

interface Column {
  readonly title: string;
  readonly value: (cell: CellSummary) => string;
}

/** Series × sizes: a table for each figure, split where the terminal is too narrow. */
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
  // Where labels leave no room for two figures, figures get a line of their own.
  const isNarrow =
    labelWidth + Math.min(2, widths.length) * (2 + Math.max(...widths)) > style.width;
  const before = isNarrow ? "  m =".length : labelWidth;
  return chunks(widths, style.width - before - 2).map(([from, to]) => {
    const line = (cells: readonly string[]) =>
      cells.slice(from, to).map((cell, i) => `  ${cell.padStart(widths[from + i])}`).join("");
    return [
      ...wrap(figure.title, style.width, "  ").map((title) => paint("bold", title, style)),
      paint("dim", "m =".padStart(before) + line(heads), style),
      ...rows.flatMap((row, i) => {
        const marker = paint(paintOfSeries(row.series), markerOfSeries(row.series), style);
        return isNarrow
          ? [
            ...wrap(row.label, style.width - 2).map((label, first) =>
              `${first === 0 ? marker : " "} ${label}`
            ),
            " ".repeat(before) + line(text[i]),
          ]
          : [`${marker} ${row.label.padEnd(labelWidth - 2)}${line(text[i])}`];
      }),
    ];
  });
}
