import { linesOf, sizesOf } from "../select.ts";
import { byteAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind, plotLines, valuesOf } from "./frame.ts";

export const memoryPlot: PlotKind = {
  name: "memory",
  caption:
    "Peak resident set of a trial's process over the number of training examples: runtime, data, kernel and " +
    "heap together.",
  draw(summary) {
    const lines = plotLines(
      summary,
      linesOf(summary),
      ({ cells }) =>
        cells.flatMap(({ cell, peakRssBytes }) =>
          peakRssBytes === undefined ? [] : [{ x: cell.examples, y: peakRssBytes }]
        ),
    );
    if (lines.length === 0) return undefined;
    return drawFrame({
      title: "Peak resident set",
      x: sizeAxis(sizesOf(summary)),
      y: byteAxis("peak resident set", valuesOf(lines)),
      lines,
    });
  },
};
