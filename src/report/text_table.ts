import { wrap } from "../base/wrap.ts";

/** Between two columns, and before one that follows a label. */
const GAP = 2;
/** Continuation lines are indented under the first column. */
const INDENT = 4;
/** The last column is wrapped only into at least this width and the width of its longest word. */
const LEAST_ROOM = 24;

/** Ranges [from, to) of at least one column that fit into `width`, or after the first range into `later`. */
export function chunks(
  widths: readonly number[],
  width: number,
  { later = width, gap = GAP } = {},
): [number, number][] {
  const ranges: [number, number][] = [];
  let room = 0;
  widths.forEach((column, i) => {
    const last = ranges.at(-1);
    room -= gap + column;
    if (last && room >= 0) last[1] = i + 1;
    else {
      ranges.push([i, i + 1]);
      room = (last ? later : width) - column;
    }
  });
  return ranges;
}

export const widthsOf = (rows: readonly (readonly string[])[]): number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));

/**
 * The lines of each row, with aligned columns, those in `right` to the right. Where the columns do not fit into `width`,
 * the last column is wrapped, or, if that leaves too little room, whole columns move to further lines. No figure is cut.
 */
export function alignedRows(
  rows: readonly (readonly string[])[],
  width: number,
  right: readonly number[] = [],
): string[][] {
  const widths = widthsOf(rows);
  const last = widths.length - 1;
  const aligned = (row: readonly string[], from: number, to: number) =>
    row.map((text, i) => right.includes(i) ? text.padStart(widths[i]) : text.padEnd(widths[i]))
      .slice(from, to).join(" ".repeat(GAP)).trimEnd();
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + GAP, 0);
  if (before + widths[last] <= width) return rows.map((row) => [aligned(row, 0, last + 1)]);
  const words = rows.flatMap((row) => row[last].split(" "));
  const least = Math.max(LEAST_ROOM, ...words.map((word) => word.length));
  if (!right.includes(last) && width - before >= least) {
    return rows.map((row) => {
      const head = aligned(row, 0, last).padEnd(before);
      return wrap(row[last], width - before).map((line, i) =>
        i === 0 ? (head + line).trimEnd() : " ".repeat(before) + line
      );
    });
  }
  const ranges = chunks(widths, width, { later: width - INDENT });
  return rows.map((row) =>
    ranges.flatMap(([from, to], i) => {
      const indent = i === 0 ? 0 : INDENT;
      const isOne = to - from === 1;
      const lines = isOne ? wrap(row[from], width - indent, "  ") : [aligned(row, from, to)];
      return lines.filter((line) => line !== "" || i === 0)
        .map((line) => " ".repeat(indent) + line);
    })
  );
}
