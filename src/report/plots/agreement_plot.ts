import { linesOf, sizesOf } from "../select.ts";
import { logAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind } from "./frame.ts";

export const agreementPlot: PlotKind = {
  name: "agreement",
  caption: "Greatest relative error of the gradient against the oracle, over the number of " +
    "training examples; what agrees bit for bit has none and is not drawn.",
  draw(summary) {
    const lines = linesOf(summary).map((line) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: line.cells.flatMap(({ cell, maxRelativeError }) =>
        maxRelativeError ? [{ x: cell.examples, y: maxRelativeError }] : []
      ),
    })).filter(({ points }) => points.length > 0);
    if (lines.length === 0) return undefined;
    const y = logAxis("relative error", lines.flatMap(({ points }) => points.map(({ y }) => y)));
    return drawFrame({
      title: "Agreement with the oracle",
      x: sizeAxis(sizesOf(summary)),
      y: { ...y, format: (value) => value.toExponential(0) },
      lines,
    });
  },
};
