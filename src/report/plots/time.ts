import type { CellSummary, Estimate, Summary } from "../../analysis/summary.ts";
import { linesOf, sizesOf } from "../select.ts";
import { durationUnit, logAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type PlotKind, type PlotPoint } from "./frame.ts";

export const timePlot: PlotKind = {
  name: "time",
  caption: "Time per epoch over the number of training examples, with intervals, both axes " +
    "logarithmic: the slope of a line is its scaling exponent.",
  draw: (summary) =>
    drawDurations(summary, {
      title: "Time per epoch",
      estimate: ({ nsPerEpoch }) => nsPerEpoch,
      label: (series) => {
        const { label } = summary.series[series];
        const law = summary.scalingLaws.find((law) => law.series === series);
        return law ? `${label}: ∝ m^${law.exponent.value.toFixed(3)}` : label;
      },
    }),
};

export const perExamplePlot: PlotKind = {
  name: "per_example",
  caption: "Time per example over the number of training examples: level where work grows in " +
    "proportion to the data.",
  draw: (summary) =>
    drawDurations(summary, {
      title: "Time per example",
      estimate: ({ nsPerExample }) => nsPerExample,
      label: (series) => summary.series[series].label,
    }),
};

export const speedupPlot: PlotKind = {
  name: "speedup",
  caption: "Speedup over the baseline in the same runtime, with intervals: above 1 is faster.",
  draw(summary) {
    const { baseline } = summary.plan;
    const lines = linesOf(summary).map((line) => ({
      label: summary.series[line.series].label,
      look: line.series,
      points: line.cells.flatMap(({ cell, speedup }) =>
        speedup ? [pointOf(cell.examples, speedup, 1)] : []
      ),
    })).filter(({ points }) => points.length > 0);
    // The baseline against itself is 1 everywhere: no picture.
    const others = lines.filter(({ look }) => summary.series[look].implementation !== baseline);
    if (others.length === 0) return undefined;
    return drawFrame({
      title: `Speedup over ${baseline}`,
      x: sizeAxis(sizesOf(summary)),
      y: logAxis("speedup (×)", [1, ...others.flatMap(({ points }) => points.flatMap(ends))]),
      lines: others,
      ruleY: 1,
    });
  },
};

interface DurationPlot {
  readonly title: string;
  readonly estimate: (cell: CellSummary) => Estimate;
  readonly label: (series: number) => string;
}

function drawDurations(
  summary: Summary,
  { title, estimate, label }: DurationPlot,
): string | undefined {
  if (summary.cells.length === 0) return undefined;
  const unit = durationUnit(summary.cells.map((cell) => estimate(cell).value));
  const lines = linesOf(summary).map((line) => ({
    label: label(line.series),
    look: line.series,
    points: line.cells.map((cell) => pointOf(cell.cell.examples, estimate(cell), unit.factor)),
  }));
  return drawFrame({
    title,
    x: sizeAxis(sizesOf(summary)),
    y: logAxis(
      `${title.toLowerCase()} (${unit.name})`,
      lines.flatMap(({ points }) => points.flatMap(ends)),
    ),
    lines,
  });
}

function pointOf(x: number, { value, low, high }: Estimate, factor: number): Required<PlotPoint> {
  return { x, y: value / factor, low: low / factor, high: high / factor };
}

/** What a logarithmic axis must cover: an interval may reach down to zero, which it cannot show. */
function ends({ y, low, high }: Required<PlotPoint>): number[] {
  return [y, low, high].filter((value) => value > 0);
}
