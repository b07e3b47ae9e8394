import type { Estimate } from "../../format/interval.ts";
import type { CellSummary, Summary } from "../../format/summary.ts";
import { formatBinary, formatFixed } from "../numbers.ts";
import { chosenSeries, linesOf, sizesOf } from "../select.ts";
import { durationAxis, logAxis, sizeAxis } from "./axis.ts";
import {
  curveOver,
  drawFrame,
  type Frame,
  type PlotKind,
  type PlotLine,
  plotLines,
  pointOf,
} from "./frame.ts";

export const timePlot: PlotKind = {
  name: "time",
  caption: (summary) =>
    "Time per epoch over the number of training examples, with intervals, both axes logarithmic." +
    (summary.scalingLaws.length > 0
      ? " Lines are the fitted laws; the slope of a line is its scaling exponent k."
      : "") +
    (chosenSeries(summary) === undefined ? "" : " The thick line is the choice."),
  draw: (summary) => {
    const lawOf = (look: number) => summary.scalingLaws.find(({ series }) => series === look);
    return drawDurations(summary, "Time per epoch", ({ nsPerEpoch }) => nsPerEpoch, (line) => {
      const law = lawOf(line.look);
      if (law === undefined) return line;
      const { constantNs = 0, coefficientNs, exponent: { value } } = law;
      return {
        ...line,
        label: `${line.label}: k = ${formatFixed(value, 3)}`,
        ...(line.points.length > 1 && {
          curve: curveOver(line.points, (m) => constantNs + coefficientNs * m ** value),
        }),
      };
    });
  },
};

export const perExamplePlot: PlotKind = {
  name: "per_example",
  caption:
    "Time per example over the number of training examples: level where time is proportional to m. A dashed line " +
    "marks where pixels, parameters and gradient overflow a cache.",
  draw: (summary) =>
    drawDurations(
      summary,
      "Time per example",
      ({ nsPerExample }) => nsPerExample,
      (line) => line,
      summary.cacheLimits.map(({ level, bytes, examples }) => ({
        x: examples,
        label: `${CACHES[level]} ${formatBinary(bytes)}`,
      })),
    ),
};

export const speedupPlot: PlotKind = {
  name: "speedup",
  caption: "Speedup over the baseline in the same runtime, with intervals: above 1 is faster.",
  draw(summary) {
    const { plan: { baseline }, series } = summary;
    // The baseline against itself is 1 everywhere.
    const others = linesOf(summary).filter((line) =>
      series[line.series].implementation !== baseline
    );
    const lines = plotLines(
      summary,
      others,
      ({ cells }) =>
        cells.flatMap(({ cell, speedup }) => speedup ? [pointOf(cell.examples, speedup)] : []),
    );
    if (lines.length === 0) return undefined;
    return drawFrame({
      title: `Speedup over ${baseline}`,
      x: sizeAxis(sizesOf(summary)),
      y: logAxis("speedup (×)", [1, ...endsOf(lines)]),
      lines,
      ruleY: 1,
    });
  },
};

function drawDurations(
  summary: Summary,
  title: string,
  estimate: (cell: CellSummary) => Estimate,
  finish: (line: PlotLine) => PlotLine,
  verticals: NonNullable<Frame["verticals"]> = [],
): string | undefined {
  if (summary.cells.length === 0) return undefined;
  const lines = plotLines(
    summary,
    linesOf(summary),
    ({ cells }) => cells.map((cell) => pointOf(cell.cell.examples, estimate(cell))),
  ).map(finish);
  const x = sizeAxis(sizesOf(summary));
  return drawFrame({
    title,
    x,
    y: durationAxis(title.toLowerCase(), endsOf(lines)),
    lines,
    above: chosenSeries(summary),
    verticals: verticals.filter(({ x: at }) => at > x.domain[0] && at < x.domain[1]),
  });
}

const CACHES = { l1d: "L1d", l2: "L2", l3: "L3" } as const;

/** What a logarithmic axis must cover: an interval may reach down to zero, which it cannot show. */
const endsOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [y, low, high]))
    .filter((value) => value > 0);
