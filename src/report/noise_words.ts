import type { Bounded } from "../format/interval.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { formatCount, formatPercent } from "./numbers.ts";

/** The noise floor as a sentence; nothing in a run without a null twin. */
export function noiseSentences({ noiseFloor }: Summary): string[] {
  if (noiseFloor === undefined) return [];
  const { implementation, floor, cells } = noiseFloor;
  const worst = cells.reduce((a, b) => distance(b.ratio) > distance(a.ratio) ? b : a);
  const share = formatPercent(floor, 1);
  const most = cells.length === 1
    ? share
    : `up to ${share} (at m = ${formatCount(worst.cell.examples)})`;
  return [
    `The null twin, a second copy of ${implementation} in the same rounds, differed by ${most}: ` +
    "smaller differences do not count.",
  ];
}

const distance = (ratio: number): number => Math.abs(Math.log(ratio));

/** Whether it is known how a cell compares with its baseline. */
export const isResolved = ({ speedupVerdict }: CellSummary): boolean =>
  speedupVerdict !== "unresolved";

/** A speedup as `format` writes it, marked where its interval does not exclude "no difference". */
export function markedSpeedup(cell: CellSummary, format: (speedup: Bounded) => string) {
  return cell.speedup && (isResolved(cell) ? "" : "≈ ") + format(cell.speedup);
}

/** What the mark means; nothing where no speedup has it. */
export const speedupLegend = ({ cells }: Summary): string =>
  cells.every(isResolved) ? "" : " (≈: too close to call)";

/** A time that must not be read like the others: known to a factor of 2 at best, or from a single sample. */
export const markedTime = ({ marks }: Pick<CellSummary, "marks">, text: string): string =>
  marks.length > 0 ? `≈ ${text}` : text;

/** Whether any cell has a speedup: that of the baseline over itself is no figure. */
export const hasSpeedups = ({ cells }: Pick<Summary, "cells">): boolean =>
  cells.some(({ speedup }) => speedup !== undefined && speedup.value !== 1);
