import type { Summary } from "../../format/summary.ts";
import { formatBinary, formatError, formatFixed } from "../numbers.ts";
import { chosenSeries, sizesOf } from "../select.ts";
import { byteAxis, durationAxis, logAxis, sizeAxis } from "./axis.ts";
import { linePlot } from "./frame.ts";
import { curveOver, endsOf, overSizes, type PlotLine, valuesOf, xsOf } from "./lines.ts";

export const timePlot = linePlot({
  name: "time",
  caption: (summary) =>
    "Time per epoch over the number of training examples, with intervals, both axes logarithmic." +
    (summary.scalingLaws.length > 0
      ? " Lines are the fitted laws; the slope of a line is its scaling exponent k."
      : "") +
    (chosenSeries(summary) === undefined ? "" : " The thick line is the choice."),
  lines: (summary) =>
    overSizes(summary, ({ nsPerEpoch }) => nsPerEpoch, ({ nsPerEpoch }) => nsPerEpoch.value)
      .map((line) => withLaw(line, summary)),
  frame: (summary, lines) => ({
    title: "Time per epoch",
    y: durationAxis("time per epoch", valuesOf(lines), endsOf(lines)),
    above: chosenSeries(summary),
  }),
});

function withLaw(line: PlotLine, { scalingLaws }: Summary): PlotLine {
  const law = scalingLaws.find(({ series }) => series === line.series);
  if (law === undefined) return line;
  const { constantNs = 0, coefficientNs, exponent: { value } } = law;
  return {
    ...line,
    label: `${line.label}: k = ${formatFixed(value, 3)}`,
    ...(line.points.length > 1 && {
      curve: curveOver(line.points, (m) => constantNs + coefficientNs * m ** value),
    }),
  };
}

export const perExamplePlot = linePlot({
  name: "per_example",
  size: "large",
  caption: ({ cacheLimits, predicted }) =>
    "Time per example over m: level where time is proportional to m." +
    (predicted.length === 0 ? "" : " Dotted markers are predicted, not measured.") +
    (cacheLimits.length === 0
      ? ""
      : " A dashed upright marks where pixels, parameters and gradient overflow a cache."),
  // The ranking shows a single size.
  lines: (summary) =>
    sizesOf(summary).length < 2 ? [] : overSizes(
      summary,
      ({ nsPerExample }) => nsPerExample,
      ({ cell, nsPerEpoch }) => nsPerEpoch.value / cell.examples,
    ),
  frame(summary, lines) {
    const [low, high] = sizeAxis(xsOf(lines)).domain;
    return {
      title: "Time per example",
      y: durationAxis("time per example", valuesOf(lines), endsOf(lines)),
      above: chosenSeries(summary),
      verticals: summary.cacheLimits.filter(({ examples }) => examples > low && examples < high)
        .map(({ level, bytes, examples }) => ({
          x: examples,
          label: `${CACHES[level]} ${formatBinary(bytes)}`,
        })),
    };
  },
});

const CACHES = { l1d: "L1d", l2: "L2", l3: "L3" } as const;

export const speedupPlot = linePlot({
  name: "speedup",
  caption: "Speedup over the baseline in the same runtime, with intervals: above 1 is faster.",
  // The baseline against itself is 1 everywhere.
  lines: (summary) =>
    overSizes(
      summary,
      ({ cell, speedup }) => cell.implementation === summary.plan.baseline ? undefined : speedup,
    ),
  frame: ({ plan }, lines) => ({
    title: `Speedup over ${plan.baseline}`,
    y: logAxis("speedup (×)", [1, ...valuesOf(lines)], endsOf(lines)),
    ruleY: 1,
  }),
});

export const memoryPlot = linePlot({
  name: "memory",
  caption:
    "Peak resident set of a trial's process over the number of training examples: runtime, data, kernel and " +
    "heap together.",
  lines: (summary) => overSizes(summary, ({ peakRssBytes }) => peakRssBytes),
  frame: (_, lines) => ({
    title: "Peak resident set",
    y: byteAxis("peak resident set", valuesOf(lines)),
  }),
});

export const agreementPlot = linePlot({
  name: "agreement",
  caption:
    "Greatest relative error of the gradient against the oracle over the number of training examples. " +
    "An implementation with identical bits has no error and no line.",
  lines: (summary) => overSizes(summary, ({ maxRelativeError }) => maxRelativeError || undefined),
  frame: (_, lines) => ({
    title: "Agreement with the oracle",
    y: {
      ...logAxis("relative error", valuesOf(lines)),
      format: (value) => formatError(value, 1),
      tell: formatError,
    },
  }),
});
