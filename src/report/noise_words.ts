import type { Estimate } from "../format/interval.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { formatCount, formatPercent } from "./numbers.ts";

/** What the null twin showed, as a sentence; nothing in a run without one. */
export function noiseSentences({ noiseFloor }: Summary): string[] {
  if (noiseFloor === undefined) return [];
  const { implementation, floor, cells } = noiseFloor;
  const worst = cells.reduce((a, b) => distance(b.ratio) > distance(a.ratio) ? b : a);
  const where = cells.length === 1 ? "" : ` (at m = ${formatCount(worst.cell.examples)})`;
  return [
    `The null twin, a second copy of ${implementation} in the same rounds, differed by ` +
    `${cells.length === 1 ? "" : "up to "}${
      formatPercent(floor, 1)
    }${where}: no verdict is given ` +
    "below that.",
  ];
}

const distance = (ratio: number): number => Math.abs(Math.log(ratio));

/** Whether it is known how a cell compares with its baseline, or nobody asked (old summaries). */
export const isResolved = ({ speedupVerdict }: CellSummary): boolean =>
  speedupVerdict !== "unresolved";

/** A speedup as `format` writes it, marked where it is not resolved. */
export function markedSpeedup(cell: CellSummary, format: (speedup: Estimate) => string) {
  return cell.speedup && (isResolved(cell) ? "" : "≈ ") + format(cell.speedup);
}

/** What the mark says; nothing where no speedup has it. */
export const speedupLegend = ({ cells }: Summary): string =>
  cells.every(isResolved) ? "" : " (≈: not resolved as one of so many, by so few rounds)";
