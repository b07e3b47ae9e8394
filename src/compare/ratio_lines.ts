import type { Comparison } from "../format/comparison.ts";
import { MARKS, ratioText } from "../report/comparison_words.ts";
import { formatCount, formatFactor } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";

const WIDTH = 41;
/** Rows beyond these are left out: the table has them. */
const MOST_ROWS = 30;

/**
 * The ratio plot in text: a row for each cell, what changed most first, its interval as a line on a logarithmic scale.
 * Dots mark 1 and the threshold.
 */
export function ratioLines({ cells, thresholdInForce }: Comparison): string[] {
  const shown = cells.toSorted((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))
    .slice(0, MOST_ROWS);
  const near = 1 + thresholdInForce;
  // An interval without an end would leave no room for the others: it reaches to the margin.
  const ends = shown.flatMap(({ ratio, interval: [low, high] }) =>
    [ratio, low, high].filter((end) => end > ratio / 2 && end < ratio * 2)
  );
  const reach = Math.max(...[near, ...ends].map((one) => Math.abs(Math.log(one)))) * 1.05;
  const place = (value: number) =>
    Math.round((Math.min(1, Math.max(-1, Math.log(value) / reach)) + 1) / 2 * (WIDTH - 1));
  const marked = new Map([[place(1 / near), "·"], [place(1), "│"], [place(near), "·"]]);
  const plotOf = (low: number, ratio: number, high: number) =>
    Array.from(
      { length: WIDTH },
      (_, at) =>
        at === place(ratio)
          ? "●"
          : at >= place(low) && at <= place(high)
          ? at === place(1) ? "┼" : "─"
          : marked.get(at) ?? " ",
    ).join("");
  const [least, most] = [Math.exp(-reach), Math.exp(reach)].map(formatFactor);
  const gap = (WIDTH - 1) / 2;
  const axis = least.padEnd(gap) + "1" + most.padStart(gap);
  const rows = shown.map(({ label, cell, verdict, ratio, interval: [low, high], ...one }) => [
    `${MARKS[verdict]} ${label}`,
    `m = ${formatCount(cell.examples)}`,
    plotOf(low, ratio, high),
    ratioText({ ...one, ratio, interval: [low, high] }),
  ]);
  return alignedRows([["", "", axis, "B / A"], ...rows], Infinity).flat()
    .map((line) => line.trimEnd());
}
