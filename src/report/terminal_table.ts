import type { Summary } from "../format/summary.ts";
import { figureAt, type FigureText } from "./grid.ts";
import { formatCount, formatDuration, formatPercent, formatRatio } from "./numbers.ts";
import { markedSpeedup, speedupLegend } from "./noise_words.ts";
import { linesOf, sizesOf } from "./select.ts";
import { chunks, widthsOf } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import { plottedSeries } from "./terminal_plot.ts";
import { markerOfLine, paint, paintLine, type Style, wrapped } from "./terminal_style.ts";

/** Series × sizes: a table for each figure, split where the terminal is too narrow. */
export function resultTables(summary: Summary, style: Style): string[][] {
  if (summary.cells.length === 0) return [["Nothing was measured."]];
  const hasCeilings = summary.cells.some(({ roofline }) => roofline?.ceiling);
  const share: FigureText = ({ roofline }) =>
    roofline?.ceiling && formatPercent(roofline.ceiling.share, 0);
  const figures: [title: string, figure: FigureText][] = [
    ["Time per epoch", ({ nsPerEpoch }) => formatDuration(nsPerEpoch.value)],
    ["Time per example", ({ nsPerExample }) => formatDuration(nsPerExample.value)],
    [
      `Speedup over ${summary.plan.baseline}${speedupLegend(summary)}`,
      (cell) => markedSpeedup(cell, ({ value }) => formatRatio(value)),
    ],
    ...(hasCeilings ? [["Share of the machine's ceiling", share] as [string, FigureText]] : []),
    ["Test accuracy", ({ testAccuracy }) => formatPercent(testAccuracy)],
  ];
  return figures.flatMap(([title, figure]) => tables(summary, title, figure, style));
}

function tables(summary: Summary, title: string, figure: FigureText, style: Style): string[][] {
  const rows = linesOf(summary);
  const sizes = sizesOf(summary);
  const plotted = plottedSeries(summary);
  const text = rows.map(({ cells }) => sizes.map((size) => figureAt(cells, size, figure)));
  const heads = sizes.map(formatCount);
  const widths = widthsOf([heads, ...text]);
  const labelWidth = Math.max("m =".length, ...rows.map(({ label }) => label.length)) + 2;
  // Where labels leave no room for two figures, figures get a line of their own.
  const isNarrow =
    labelWidth + Math.min(2, widths.length) * (2 + Math.max(...widths)) > style.width;
  const before = isNarrow ? "  m =".length : labelWidth;
  return chunks(widths, style.width - before - 2).map(([from, to]) => {
    const line = (cells: readonly string[]) =>
      cells.slice(from, to).map((cell, i) => `  ${cell.padStart(widths[from + i])}`).join("");
    return [
      ...wrapped(title, style, "bold", "  "),
      paint("dim", "m =".padStart(before) + line(heads), style),
      ...rows.flatMap(({ series, label }, i) => {
        const place = plotted.indexOf(series);
        const marker = place < 0 ? " " : paintLine(place, markerOfLine(place), style);
        if (!isNarrow) return [`${marker} ${label.padEnd(labelWidth - 2)}${line(text[i])}`];
        return [
          ...wrap(label, style.width - 2).map((part, at) => `${at === 0 ? marker : " "} ${part}`),
          " ".repeat(before) + line(text[i]),
        ];
      }),
    ];
  });
}
