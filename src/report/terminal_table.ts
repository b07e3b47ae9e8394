import type { Summary } from "../format/summary.ts";
import { figuresOf, type FigureText, type PredictedText } from "./grid.ts";
import { formatCount, formatDuration, formatPercent, formatRatio } from "./numbers.ts";
import { hasSpeedups, markedSpeedup, markedTime, speedupLegend } from "./noise_words.ts";
import { linesOf, sizesOf } from "./select.ts";
import { chunks, widthsOf } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import { plottedSeries } from "./terminal_plot.ts";
import { markerOfLine, paint, paintLine, type Style, wrapped } from "./terminal_style.ts";

/** Series × sizes: a table for each figure, split where the terminal is too narrow. */
export function resultTables(summary: Summary, style: Style): string[][] {
  if (summary.cells.length === 0) return []; // the answer above says so
  const hasCeilings = summary.cells.some(({ roofline }) => roofline?.ceiling);
  const share: FigureText = ({ roofline }) =>
    roofline?.ceiling && formatPercent(roofline.ceiling.share, 0);
  const legend = [
    ...(summary.cells.some(({ marks }) => marks.length > 0) ? ["≈: uncertain"] : []),
    ...(summary.predicted.length > 0 ? ["( ): predicted from smaller m"] : []),
  ].join("; ");
  const signs = legend === "" ? "" : ` (${legend})`;
  const figures: [title: string, figure: FigureText, predicted?: PredictedText][] = [
    [
      `Time per epoch${signs}`,
      (cell) => markedTime(cell, formatDuration(cell.nsPerEpoch.value)),
      ({ nsPerEpoch }) => formatDuration(nsPerEpoch.value),
    ],
    [
      `Time per example${signs}`,
      (cell) => markedTime(cell, formatDuration(cell.nsPerExample.value)),
      ({ cell, nsPerEpoch }) => formatDuration(nsPerEpoch.value / cell.examples),
    ],
    ...(hasSpeedups(summary)
      ? [[
        `Speedup over ${summary.plan.baseline}${speedupLegend(summary)}`,
        (cell) => markedSpeedup(cell, ({ value }) => formatRatio(value)),
      ] as [string, FigureText]]
      : []),
    ...(hasCeilings ? [["Share of the machine's ceiling", share] as [string, FigureText]] : []),
    ["Test accuracy", ({ testAccuracy }) => formatPercent(testAccuracy)],
  ];
  return figures.flatMap(([title, figure, predicted]) =>
    tables(summary, title, (line) => figuresOf(line, summary, figure, predicted), style)
  );
}

type Line = ReturnType<typeof linesOf>[number];

function tables(
  summary: Summary,
  title: string,
  textsOf: (line: Line) => string[],
  style: Style,
): string[][] {
  const rows = linesOf(summary);
  const sizes = sizesOf(summary);
  const plotted = plottedSeries(summary);
  const text = rows.map(textsOf);
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
