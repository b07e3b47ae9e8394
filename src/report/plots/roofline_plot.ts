import type { Roof } from "../../format/roofline.ts";
import { linesOf } from "../select.ts";
import { formatNumber } from "../numbers.ts";
import { logAxis } from "./axis.ts";
import { linePlot } from "./frame.ts";
import { plotLines, valuesOf, xsOf } from "./lines.ts";
import type { Guide } from "./guides.ts";

/** Values are drawn in GFLOP/s and GB/s. */
const GIGA = 1e9;

export const rooflinePlot = linePlot({
  name: "roofline",
  caption:
    "FLOP done per second over arithmetic intensity (FLOP done per byte moved), one marker for each cell, both " +
    "axes logarithmic. A level line is the arithmetic rate of a back end and its threads; a slanted line is the " +
    "bandwidth of one thread from where its data lie. No cell can lie above its lines. Of several runtimes, the " +
    "higher roof is drawn.",
  lines: (summary) =>
    plotLines(
      summary,
      summary.roofs.length === 0 ? [] : linesOf(summary),
      ({ cells }) =>
        cells.flatMap(({ roofline }) =>
          roofline ? [{ x: roofline.flopPerByte, y: roofline.flopDonePerSecond / GIGA }] : []
        ),
    )
      // The cells of a series differ in size and lie on no line.
      .map((line) => ({ ...line, curve: [] })),
  frame({ roofs }, lines) {
    const xs = xsOf(lines);
    const levels = levelsOf(roofs).map(({ rate }) => rate);
    const ys = [...valuesOf(lines), ...levels];
    // Where the steepest slope meets the lowest level must show, and some of the slope before.
    const ridge = Math.min(...levels) / Math.max(...slopesOf(roofs).map(({ perByte }) => perByte));
    const leftmost = Math.min(...xs, ...(ridge > 0 ? [ridge] : []));
    // Names of levels need room on the right, names of slopes below the markers.
    const x = logAxis("", [leftmost / 6, Math.max(...xs) * 20]);
    const y = logAxis("FLOP done per second (GFLOP/s)", [Math.min(...ys) / 8, Math.max(...ys) * 2]);
    return {
      title: "Roofline",
      x: { ...x, label: "arithmetic intensity (FLOP/byte, logarithmic) →" },
      y,
      guides: guidesOf(roofs, x.domain, y.domain),
    };
  },
});

const levelsOf = (roofs: readonly Roof[]) =>
  roofs.flatMap((roof) =>
    roof.kind === "compute" ? [{ label: roof.label, rate: roof.flopPerSecond / GIGA }] : []
  );

const slopesOf = (roofs: readonly Roof[]) =>
  roofs.flatMap((roof) =>
    roof.kind === "bandwidth" ? [{ label: roof.label, perByte: roof.bytesPerSecond / GIGA }] : []
  );

/** Levels from where the steepest bandwidth reaches them; slopes from the edge up to the highest level. */
function guidesOf(
  roofs: readonly Roof[],
  [left, right]: readonly [number, number],
  [bottom, top]: readonly [number, number],
): Guide[] {
  const [levels, slopes] = [levelsOf(roofs), slopesOf(roofs)];
  const steepest = Math.max(...slopes.map(({ perByte }) => perByte));
  const highest = levels.length > 0 ? Math.max(...levels.map(({ rate }) => rate)) : top;
  return [
    ...levels.map(({ label, rate }): Guide => ({
      label: `${label}: ${formatNumber(rate)} GFLOP/s`,
      from: { x: slopes.length > 0 ? Math.max(left, rate / steepest) : left, y: rate },
      to: { x: right, y: rate },
    })),
    ...slopes.flatMap(({ label, perByte }): Guide[] => {
      const from = Math.max(left, bottom / perByte);
      const to = Math.min(right, highest / perByte);
      if (from >= to) return [];
      return [{
        label: `${label}: ${formatNumber(perByte)} GB/s`,
        from: { x: from, y: from * perByte },
        to: { x: to, y: to * perByte },
      }];
    }),
  ];
}
