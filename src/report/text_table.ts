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
  later: number = width,
): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  let used = 0;
  widths.forEach((column, i) => {
    const room = ranges.length === 0 ? width : later;
    const needed = used === 0 ? column : used + GAP + column;
    if (i > from && needed > room) {
      ranges.push([from, i]);
      from = i;
      used = column;
    } else {
      used = needed;
    }
  });
  if (widths.length > 0) ranges.push([from, widths.length]);
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
    row.slice(from, to).map((text, i) =>
      right.includes(from + i) ? text.padStart(widths[from + i]) : text.padEnd(widths[from + i])
    ).join(" ".repeat(GAP)).trimEnd();
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + GAP, 0);
  if (before + widths[last] <= width) return rows.map((row) => [aligned(row, 0, last + 1)]);
  const words = rows.flatMap((row) => row[last].split(" "));
  const least = Math.max(LEAST_ROOM, ...words.map((word) => word.length));
  if (!right.includes(last) && width - before >= least) {
    return rows.map((row) => {
      const [first, ...others] = wrap(row[last], width - before);
      const head = aligned(row, 0, last).padEnd(before - GAP);
      return [
        `${head}${" ".repeat(GAP)}${first}`.trimEnd(),
        ...others.map((line) => " ".repeat(before) + line),
      ];
    });
  }
  const ranges = chunks(widths, width, width - INDENT);
  return rows.map((row) =>
    ranges.flatMap(([from, to], i) => {
      const indent = i === 0 ? 0 : INDENT;
      const lines = to - from === 1
        ? wrap(row[from], width - indent, "  ")
        : [aligned(row, from, to)];
      return lines.filter((line) => line !== "" || i === 0).map((line) =>
        " ".repeat(indent) + line
      );
    })
  );
}
