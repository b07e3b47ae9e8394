import type { Summary } from "../analysis/summary.ts";
import { formatCount, formatPercent } from "./format.ts";

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
