import type { CellSummary, Predicted, Summary } from "../format/summary.ts";
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
  figures: readonly (readonly [
    title: string,
    figure: FigureText,
    /** Of a cell that was not measured. */
    predicted?: (cell: Predicted) => string,
  ])[],
): Metric[] {
  const sizes = sizesOf(summary);
  const columns = ["m =", ...sizes.map((size) => numbers(formatCount(size)))];
  return figures.flatMap(([title, figure, predicted]) => {
    const rows = linesOf(summary).map(({ label, series, seed, cells }) => {
      const unmeasured = (size: number) => {
        const found = summary.predicted.find((one) =>
          one.series === series && one.cell.seed === seed && one.cell.examples === size
        );
        return found && predicted ? `(${predicted(found)})` : NONE;
      };
      const texts = sizes.map((size) => {
        const text = figureAt(cells, size, figure);
        return text === NONE ? unmeasured(size) : text;
      });
      return { series, cells: [label, ...texts] };
    });
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
