import type { CellSummary, Summary } from "../format/summary.ts";
import { type Block, heading, numbers, seriesTable, words } from "./document.ts";
import { formatCount } from "./numbers.ts";
import { linesOf, sizesOf } from "./select.ts";

/** Stands where there is no figure. */
export const NONE = "–";

/** One figure of every cell: series down, subset sizes across. Empty where no cell has the figure. */
export function gridOf(
  summary: Summary,
  title: string,
  figure: (cell: CellSummary) => string | undefined,
): Block[] {
  const sizes = sizesOf(summary);
  const rows = linesOf(summary).map(({ label, series, cells }) => ({
    series,
    cells: [
      label,
      ...sizes.map((size) => {
        const cell = cells.find(({ cell }) => cell.examples === size);
        return (cell && figure(cell)) ?? NONE;
      }),
    ],
  }));
  if (rows.every(({ cells: [, ...figures] }) => figures.every((text) => text === NONE))) return [];
  return [
    heading(title, 3),
    seriesTable([words("m ="), ...sizes.map((size) => numbers(formatCount(size)))], rows),
  ];
}
