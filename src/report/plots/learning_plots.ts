import type { LearningCurve } from "../../format/laws.ts";
import type { Summary } from "../../format/summary.ts";
import { formatCount } from "../numbers.ts";
import { atLargestSize, sizesOf } from "../select.ts";
import { type Axis, durationAxis, linearAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind, type PlotPoint } from "./frame.ts";

/** Places at which a fitted curve is drawn. */
const CURVE_POINTS = 80;

export const accuracyPlot: PlotKind = {
  name: "accuracy",
  caption:
    "Test accuracy after the last epoch over the number of training examples. Lines are the " +
    "fitted learning curve 1 − (floor + scale · m^−decay) where there is one; straight between " +
    "the points where there is none.",
  draw(summary) {
    const curves = summary.learningCurves.filter(({ points }) => points.length > 0);
    if (curves.length === 0) return undefined;
    const lines = curves.map(({ series, points, fit }) => ({
      label: summary.series[series].label,
      look: series,
      points: points.map(({ examples, testAccuracy }) => ({ x: examples, y: 100 * testAccuracy })),
      ...(fit && { curve: curveOf(fit, points.map(({ examples }) => examples)) }),
    }));
    return drawFrame({
      title: `Test accuracy after ${epochsText(summary.plan.epochs)}`,
      x: sizeAxis(sizesOf(summary)),
      y: linearAxis("test accuracy (%)", valuesOf(lines)),
      lines,
    });
  },
};

export const accuracyByTimePlot: PlotKind = {
  name: "accuracy_by_time",
  caption: "Test accuracy after each epoch over the training time up to then, evaluation not " +
    "included, at the largest size. The grey stair is the Pareto front: nothing is both faster and " +
    "more accurate than what is on it.",
  draw(summary) {
    const chosen = atLargestSize(summary);
    const times = chosen.flatMap(({ cell }) =>
      cell.epochs.map(({ cumulativeTrainNs }) => cumulativeTrainNs)
    ).filter((ns) => ns > 0);
    if (times.length === 0) return undefined;
    const lines = chosen.map(({ line, cell }) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: cell.epochs.filter(({ cumulativeTrainNs }) => cumulativeTrainNs > 0)
        .map(({ cumulativeTrainNs, testAccuracy }) => ({
          x: cumulativeTrainNs,
          y: 100 * testAccuracy,
        })),
    })).filter(({ points }) => points.length > 0);
    return drawFrame({
      title: `Test accuracy over training time at m = ${largest(summary)}`,
      x: { ...durationAxis("", times), label: "training time (logarithmic) →" },
      y: linearAxis("test accuracy (%)", valuesOf(lines)),
      lines,
      front: paretoFront(lines.flatMap(({ points }) => points)),
    });
  },
};

export const lossPlot: PlotKind = {
  name: "loss",
  caption:
    "Mean training loss of each epoch, each step's taken before its update, at the largest " +
    "size.",
  draw(summary) {
    const lines = atLargestSize(summary).map(({ line, cell }) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: cell.epochs.flatMap(({ epoch, loss }) =>
        loss === undefined ? [] : [{ x: epoch, y: loss }]
      ),
    })).filter(({ points }) => points.length > 0);
    if (lines.length === 0) return undefined;
    return drawFrame({
      title: `Training loss at m = ${largest(summary)}`,
      x: epochAxis(Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)))),
      y: linearAxis(`mean loss of the epoch (${summary.plan.outputLoss})`, valuesOf(lines), 0),
      lines,
    });
  },
};

/** Points to which no other is both farther left and as high, from left to right. */
function paretoFront(points: readonly PlotPoint[]): PlotPoint[] {
  const front: PlotPoint[] = [];
  for (const { x, y } of points.toSorted((a, b) => a.x - b.x || b.y - a.y)) {
    if (front.length === 0 || y > front[front.length - 1].y) front.push({ x, y });
  }
  return front;
}

/** The fitted curve in percent, from the smallest to the largest size. */
function curveOf(
  { floor, scale, decay }: NonNullable<LearningCurve["fit"]>,
  sizes: readonly number[],
): PlotPoint[] {
  const low = Math.min(...sizes);
  const high = Math.max(...sizes);
  return Array.from({ length: CURVE_POINTS }, (_, i) => {
    const examples = low * (high / low) ** (i / (CURVE_POINTS - 1));
    return { x: examples, y: 100 * (1 - (floor + scale * examples ** -decay)) };
  });
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

const valuesOf = (lines: readonly { readonly points: readonly PlotPoint[] }[]): number[] =>
  lines.flatMap(({ points }) => points.map(({ y }) => y));

const largest = (summary: Summary): string => formatCount(sizesOf(summary).at(-1) ?? 0);

const epochsText = (epochs: number): string => epochs === 1 ? "1 epoch" : `${epochs} epochs`;
