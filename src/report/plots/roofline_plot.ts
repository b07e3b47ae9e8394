import type { Roof } from "../../format/roofline.ts";
import { linesOf } from "../select.ts";
import { formatNumber } from "../numbers.ts";
import { logAxis } from "./axis.ts";
import { drawFrame, type PlotKind } from "./frame.ts";
import type { Guide } from "./guides.ts";

/** Values are drawn in GFLOP/s and GB/s. */
const GIGA = 1e9;

export const rooflinePlot: PlotKind = {
  name: "roofline",
  caption:
    "FLOP done per second over arithmetic intensity (FLOP done per byte moved), one marker " +
    "for each cell, both axes logarithmic. No cell can be above the level lines, the arithmetic of " +
    "its back end and threads, nor left above the slanted ones, the bandwidth of one thread from " +
    "where its data lie. Of several runtimes the higher roof is drawn.",
  draw(summary) {
    const lines = linesOf(summary).map((line) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: line.cells.flatMap(({ roofline }) =>
        roofline ? [{ x: roofline.flopPerByte, y: roofline.flopDonePerSecond / GIGA }] : []
      ),
      curve: [], // cells of one series differ in size, not along a line
    })).filter(({ points }) => points.length > 0);
    const { roofs = [] } = summary;
    if (lines.length === 0 || roofs.length === 0) return undefined;
    const points = lines.flatMap(({ points }) => points);
    const xs = points.map(({ x }) => x);
    const levels = roofs.flatMap((roof) =>
      roof.kind === "compute" ? [roof.flopPerSecond / GIGA] : []
    );
    const ys = [...points.map(({ y }) => y), ...levels];
    const bandwidths = roofs.flatMap((roof) =>
      roof.kind === "bandwidth" ? [roof.bytesPerSecond / GIGA] : []
    );
    // Where the steepest slope meets the lowest level is to be seen, and some of the slope before.
    const ridge = levels.length > 0 ? Math.min(...levels) / Math.max(...bandwidths) : Infinity;
    const leftmost = Math.min(...xs, ...(ridge > 0 ? [ridge] : []));
    // On the right there is room for the labels of the levels.
    const x = logAxis("", [leftmost / 6, Math.max(...xs) * 20]);
    // Below the markers there is room for the labels of the slopes.
    const y = logAxis("FLOP done per second (GFLOP/s)", [Math.min(...ys) / 8, Math.max(...ys) * 2]);
    return drawFrame({
      title: "Roofline",
      x: { ...x, label: "arithmetic intensity (FLOP/byte, logarithmic) →" },
      y,
      lines,
      guides: guidesOf(roofs, x.domain, y.domain),
    });
  },
};

/** Levels from where the steepest bandwidth reaches them; slopes from the edge up to the highest level. */
function guidesOf(
  roofs: readonly Roof[],
  [left, right]: readonly [number, number],
  [bottom, top]: readonly [number, number],
): Guide[] {
  const slopes = roofs.flatMap((roof) =>
    roof.kind === "bandwidth" ? [{ ...roof, perByte: roof.bytesPerSecond / GIGA }] : []
  );
  const levels = roofs.flatMap((roof) =>
    roof.kind === "compute" ? [{ ...roof, rate: roof.flopPerSecond / GIGA }] : []
  );
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
