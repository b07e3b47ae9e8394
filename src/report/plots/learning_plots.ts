import type { Summary } from "../../format/summary.ts";
import { counted, formatCount } from "../numbers.ts";
import { atLargestSize, sizesOf } from "../select.ts";
import { type Axis, durationAxis, linearAxis, sizeAxis } from "./axis.ts";
import { curveOver, drawFrame, type PlotKind, plotLines, valuesOf } from "./frame.ts";

export const accuracyPlot: PlotKind = {
  name: "accuracy",
  caption:
    "Test accuracy after the last epoch over the number of training examples. A line is the fitted learning " +
    "curve 1 − (floor + scale · m⁻ᵈ) with decay d; without a fit it is straight between the points.",
  draw(summary) {
    const curves = summary.learningCurves;
    const lines = plotLines(
      summary,
      curves,
      ({ points }) =>
        points.map(({ examples, testAccuracy }) => ({ x: examples, y: 100 * testAccuracy })),
    ).map((line) => {
      const fit = curves.find(({ series }) => series === line.look)?.fit;
      if (fit === undefined) return line;
      const { floor, scale, decay } = fit;
      return {
        ...line,
        curve: curveOver(line.points, (m) => 100 * (1 - (floor + scale * m ** -decay))),
      };
    });
    if (lines.length === 0) return undefined;
    return drawFrame({
      title: `Test accuracy after ${counted(summary.plan.epochs, "epoch")}`,
      x: sizeAxis(sizesOf(summary)),
      y: linearAxis("test accuracy (%)", valuesOf(lines)),
      lines,
    });
  },
};

export const accuracyByTimePlot: PlotKind = {
  name: "accuracy_by_time",
  caption:
    "Test accuracy after each epoch over the training time so far, without evaluation, at the largest size. " +
    "The grey stair is the Pareto front: nothing is both faster and more accurate than what lies on it.",
  draw(summary) {
    const lines = plotLines(
      summary,
      largestCells(summary),
      ({ epochs }) =>
        epochs.filter(({ cumulativeTrainNs }) => cumulativeTrainNs > 0)
          .map(({ cumulativeTrainNs, testAccuracy }) => ({
            x: cumulativeTrainNs,
            y: 100 * testAccuracy,
          })),
    );
    if (lines.length === 0) return undefined;
    const times = lines.flatMap(({ points }) => points.map(({ x }) => x));
    return drawFrame({
      title: `Test accuracy over training time at m = ${largest(summary)}`,
      x: {
        ...durationAxis("", times),
        label: "training time (logarithmic) →",
      },
      y: linearAxis("test accuracy (%)", valuesOf(lines)),
      lines,
      front: summary.accuracyFront.map(({ trainNs, testAccuracy }) => ({
        x: trainNs,
        y: 100 * testAccuracy,
      })),
    });
  },
};

export const lossPlot: PlotKind = {
  name: "loss",
  caption:
    "Mean training loss of each epoch at the largest size; the loss of a step is taken before its update.",
  draw(summary) {
    const lines = plotLines(
      summary,
      largestCells(summary),
      ({ epochs }) =>
        epochs.flatMap(({ epoch, loss }) => loss === undefined ? [] : [{ x: epoch, y: loss }]),
    );
    if (lines.length === 0) return undefined;
    return drawFrame({
      title: `Training loss at m = ${largest(summary)}`,
      x: epochAxis(Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)))),
      y: linearAxis(`mean loss of the epoch (${summary.plan.outputLoss})`, valuesOf(lines), 0),
      lines,
    });
  },
};

const largestCells = (summary: Summary) => atLargestSize(summary).map(({ cell }) => cell);

const largest = (summary: Summary): string => formatCount(sizesOf(summary).at(-1) ?? 0);

function epochAxis(last: number): Axis {
  const step = Math.ceil(last / 15);
  return {
    type: "linear",
    label: "epoch →",
    domain: [0.5, last + 0.5],
    ticks: Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step),
    format: formatCount,
  };
}
