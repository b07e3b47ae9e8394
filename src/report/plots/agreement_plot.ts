import { formatError } from "../numbers.ts";
import { linesOf, sizesOf } from "../select.ts";
import { logAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind, plotLines, valuesOf } from "./frame.ts";

export const agreementPlot: PlotKind = {
  name: "agreement",
  caption:
    "Greatest relative error of the gradient against the oracle over the number of training examples. " +
    "An implementation with identical bits has no error and no line.",
  draw(summary) {
    const lines = plotLines(
      summary,
      linesOf(summary),
      ({ cells }) =>
        cells.flatMap(({ cell, maxRelativeError }) =>
          maxRelativeError ? [{ x: cell.examples, y: maxRelativeError }] : []
        ),
    );
    if (lines.length === 0) return undefined;
    const y = logAxis("relative error", valuesOf(lines));
    return drawFrame({
      title: "Agreement with the oracle",
      x: sizeAxis(sizesOf(summary)),
      y: { ...y, format: (value) => formatError(value, 1), tell: formatError },
      lines,
    });
  },
};
