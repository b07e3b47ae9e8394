import type { CellSummary, Summary } from "../format/summary.ts";
import { type Metric, numbers, seriesTable } from "./document.ts";
import { formatCount } from "./numbers.ts";
import { linesOf, sizesOf } from "./select.ts";

/** Stands where there is no figure. */
export const NONE = "–";

/** A figure of a cell as text; undefined where it is unknown. */
export type FigureText = (cell: CellSummary) => string | undefined;

/** A table for each figure: series down, sizes m across. A figure that no cell has is left out. */
export function metricsOf(
  summary: Summary,
  figures: readonly (readonly [title: string, figure: FigureText])[],
): Metric[] {
  const sizes = sizesOf(summary);
  const columns = ["m =", ...sizes.map((size) => numbers(formatCount(size)))];
  return figures.flatMap(([title, figure]) => {
    const rows = linesOf(summary).map(({ label, series, cells }) => ({
      series,
      cells: [label, ...sizes.map((size) => figureAt(cells, size, figure))],
    }));
    const isEmpty = rows.every(({ cells }) => cells.slice(1).every((text) => text === NONE));
    return isEmpty ? [] : [{ title, table: seriesTable(columns, rows) }];
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
