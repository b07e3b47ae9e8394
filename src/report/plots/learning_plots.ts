import { counted, formatCount } from "../numbers.ts";
import { atLargestSize, largestSize } from "../select.ts";
import { type Axis, durationAxis, linearAxis } from "./axis.ts";
import { linePlot } from "./frame.ts";
import { curveOver, plotLines, valuesOf, xsOf } from "./lines.ts";

export const accuracyPlot = linePlot({
  name: "accuracy",
  size: "large",
  caption:
    "Test accuracy over m. A line is the fitted learning curve 1 − (floor + scale · m⁻ᵈ) with decay d; without a fit " +
    "it is straight between the points.",
  lines: (summary) =>
    plotLines(
      summary,
      summary.learningCurves,
      ({ points }) =>
        points.map(({ examples, testAccuracy }) => ({ x: examples, y: 100 * testAccuracy })),
    ).map((line) => {
      const fit = summary.learningCurves.find(({ series }) => series === line.series)?.fit;
      if (fit === undefined) return line;
      const { floor, scale, decay } = fit;
      const curve = curveOver(line.points, (m) => 100 * (1 - (floor + scale * m ** -decay)));
      return { ...line, curve };
    }),
  frame: ({ plan }, lines) => ({
    title: `Accuracy after ${counted(plan.epochs, "epoch")}`,
    y: accuracyAxis(valuesOf(lines)),
  }),
});

export const accuracyByTimePlot = linePlot({
  name: "accuracy_by_time",
  size: "large",
  caption:
    "Test accuracy after each epoch over the training time so far. The grey stair is the Pareto front: nothing is both faster and more " +
    "accurate than what lies on it.",
  lines: (summary) =>
    plotLines(
      summary,
      atLargestSize(summary).map(({ cell }) => cell),
      ({ epochs }) =>
        epochs.filter(({ cumulativeTrainNs }) => cumulativeTrainNs > 0)
          .map((epoch) => ({ x: epoch.cumulativeTrainNs, y: 100 * epoch.testAccuracy })),
    ),
  frame: (summary, lines) => ({
    title: `Accuracy over time, m = ${formatCount(largestSize(summary))}`,
    x: { ...durationAxis("", xsOf(lines)), label: "training time (logarithmic) →" },
    y: accuracyAxis(valuesOf(lines)),
    front: summary.accuracyFront.map(({ trainNs, testAccuracy }) => ({
      x: trainNs,
      y: 100 * testAccuracy,
    })),
  }),
});

export const lossPlot = linePlot({
  name: "loss",
  caption:
    "Mean training loss of each epoch at the largest size; the loss of a step is taken before its update.",
  lines: (summary) =>
    plotLines(
      summary,
      atLargestSize(summary).map(({ cell }) => cell),
      ({ epochs }) =>
        epochs.flatMap(({ epoch, loss }) => loss === undefined ? [] : [{ x: epoch, y: loss }]),
    ),
  frame: (summary, lines) => ({
    title: `Training loss at m = ${formatCount(largestSize(summary))}`,
    x: epochAxis(Math.max(...xsOf(lines))),
    y: linearAxis(
      `mean loss of the epoch (${summary.plan.outputLosses.join(", ")})`,
      valuesOf(lines),
      0,
    ),
  }),
});

/** No room for what cannot be. */
function accuracyAxis(values: readonly number[]): Axis {
  const axis = linearAxis("test accuracy (%)", values);
  const [low, high] = axis.domain;
  return {
    ...axis,
    domain: [Math.max(0, low), Math.min(100, high)],
    ticks: axis.ticks.filter((tick) => tick >= 0 && tick <= 100),
  };
}

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
