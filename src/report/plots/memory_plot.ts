import { linesOf, sizesOf } from "../select.ts";
import { byteUnit, linearAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind } from "./frame.ts";

export const memoryPlot: PlotKind = {
  name: "memory",
  caption:
    "Peak resident set of a trial's process over the number of training examples: runtime, " +
    "data, kernel and heap together.",
  draw(summary) {
    const peaks = summary.cells.flatMap(({ peakRssBytes }) =>
      peakRssBytes === undefined ? [] : [peakRssBytes]
    );
    if (peaks.length === 0) return undefined;
    const unit = byteUnit(peaks);
    const lines = linesOf(summary).map((line) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: line.cells.flatMap(({ cell, peakRssBytes }) =>
        peakRssBytes === undefined ? [] : [{ x: cell.examples, y: peakRssBytes / unit.factor }]
      ),
    })).filter(({ points }) => points.length > 0);
    return drawFrame({
      title: "Peak resident set",
      x: sizeAxis(sizesOf(summary)),
      y: linearAxis(`peak resident set (${unit.name})`, peaks.map((peak) => peak / unit.factor), 0),
      lines,
    });
  },
};
