import type { CellSummary, Summary } from "../format/summary.ts";
import { type Block, numbers, titledTable } from "./document.ts";
import { formatCount } from "./numbers.ts";
import { linesOf, sizesOf } from "./select.ts";

/** Stands where there is no figure. */
export const NONE = "–";

/** One figure of every cell: series down, sizes m across. Empty where no cell has the figure. */
export function gridOf(
  summary: Summary,
  title: string,
  figure: (cell: CellSummary) => string | undefined,
): Block[] {
  const sizes = sizesOf(summary);
  const rows = linesOf(summary).map(({ label, series, cells }) => ({
    series,
    cells: [label, ...sizes.map((size) => figureAt(cells, size, figure))],
  }));
  if (rows.every(({ cells: [, ...figures] }) => figures.every((text) => text === NONE))) return [];
  return titledTable(title, ["m =", ...sizes.map((size) => numbers(formatCount(size)))], rows);
}

/** The figure of the cell with that many examples. */
export function figureAt(
  cells: readonly CellSummary[],
  examples: number,
  figure: (cell: CellSummary) => string | undefined,
): string {
  const found = cells.find(({ cell }) => cell.examples === examples);
  return (found && figure(found)) ?? NONE;
}
