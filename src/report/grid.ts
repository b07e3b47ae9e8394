import type { CellSummary, Predicted, Summary } from "../format/summary.ts";
import { type Metric, numbers, seriesTable } from "./document.ts";
import { formatCount } from "./numbers.ts";
import { linesOf, sizesOf } from "./select.ts";

/** Stands where there is no figure. */
export const NONE = "–";

/** A figure of a cell as text; undefined where it is unknown. */
export type FigureText = (cell: CellSummary) => string | undefined;

/** What a table shows for a cell that was not measured. */
export type PredictedText = (cell: Predicted) => string;

/** A table for each figure: series down, sizes m across. A figure that no cell has is left out. */
export function metricsOf(
  summary: Summary,
  figures: readonly (readonly [
    title: string,
    figure: FigureText,
    predicted?: PredictedText,
  ])[],
): Metric[] {
  const sizes = sizesOf(summary);
  const columns = ["m =", ...sizes.map((size) => numbers(formatCount(size)))];
  return figures.flatMap(([title, figure, predicted]) => {
    const rows = linesOf(summary).map((line) => ({
      series: line.series,
      cells: [line.label, ...figuresOf(line, summary, figure, predicted)],
    }));
    const isEmpty = rows.every(({ cells }) => cells.slice(1).every((text) => text === NONE));
    return isEmpty ? [] : [{ title, table: seriesTable(columns, rows) }];
  });
}

/** The figure of a line at each size; in brackets where it was not measured and `predicted` knows it. */
export function figuresOf(
  { series, seed, cells }: ReturnType<typeof linesOf>[number],
  summary: Summary,
  figure: FigureText,
  predicted?: PredictedText,
): string[] {
  return sizesOf(summary).map((size) => {
    const text = figureAt(cells, size, figure);
    const found = summary.predicted.find((one) =>
      one.series === series && one.cell.seed === seed && one.cell.examples === size
    );
    return text === NONE && found && predicted ? `(${predicted(found)})` : text;
  });
}

/** The figure of the cell with that many examples. */
export function figureAt(
  cells: readonly CellSummary[],
  examples: number,
  figure: FigureText,
): string {
  const found = cells.find(({ cell }) => cell.examples === examples);
  return (found && figure(found)) ?? NONE;
}
