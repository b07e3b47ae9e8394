import type { Bounded, Estimate } from "../../format/interval.ts";
import type { ScalingLaw } from "../../format/laws.ts";
import type { CellSummary, Summary } from "../../format/summary.ts";
import { trafficPerEpoch } from "../../model/traffic.ts";
import { formatBinary } from "../numbers.ts";
import { chosenSeries, linesOf, sizesOf } from "../select.ts";
import { durationAxis, logAxis, sizeAxis } from "./axis.ts";
import { drawFrame, type Frame, type PlotKind, type PlotPoint } from "./frame.ts";

export const timePlot: PlotKind = {
  name: "time",
  caption: (summary) =>
    "Time per epoch over the number of training examples, with intervals, both axes logarithmic." +
    (summary.scalingLaws.length > 0
      ? " Lines are the fitted laws: the slope of one is its scaling exponent."
      : "") +
    (chosenSeries(summary) === undefined ? "" : " The thick one is the choice."),
  draw: (summary) =>
    drawDurations(summary, {
      title: "Time per epoch",
      estimate: ({ nsPerEpoch }) => nsPerEpoch,
      label: (series) => {
        const { label } = summary.series[series];
        const law = summary.scalingLaws.find((law) => law.series === series);
        return law ? `${label}: ∝ m^${law.exponent.value.toFixed(3)}` : label;
      },
      law: (series) => summary.scalingLaws.find((law) => law.series === series),
    }),
};

export const perExamplePlot: PlotKind = {
  name: "per_example",
  caption: "Time per example over the number of training examples: level where work grows in " +
    "proportion to the data. A dashed line stands where pixels, parameters and gradient outgrow a cache.",
  draw: (summary) =>
    drawDurations(summary, {
      title: "Time per example",
      estimate: ({ nsPerExample }) => nsPerExample,
      label: (series) => summary.series[series].label,
      verticals: cacheSizes(summary),
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
        speedup ? [pointOf(cell.examples, speedup)] : []
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
  /** Drawn instead of straight lines between the points. */
  readonly law?: (series: number) => ScalingLaw | undefined;
  readonly verticals?: Frame["verticals"];
}

function drawDurations(
  summary: Summary,
  { title, estimate, label, law, verticals = [] }: DurationPlot,
): string | undefined {
  if (summary.cells.length === 0) return undefined;
  const lines = linesOf(summary).map((line) => {
    const fitted = law?.(line.series);
    const points = line.cells.map((cell) => pointOf(cell.cell.examples, estimate(cell)));
    return {
      label: label(line.series),
      look: line.series,
      points,
      ...(fitted && points.length > 1 && { curve: curveOf(fitted, points) }),
    };
  });
  const x = sizeAxis(sizesOf(summary));
  return drawFrame({
    title,
    x,
    y: durationAxis(
      title.toLowerCase(),
      lines.flatMap(({ points }) => points.flatMap(ends)),
    ),
    lines,
    above: chosenSeries(summary),
    verticals: verticals.filter(({ x: at }) => at > x.domain[0] && at < x.domain[1]),
  });
}

/** Places at which a fitted law is drawn. */
const CURVE_POINTS = 40;

/** T = constant + coefficient · m^exponent, from the first point to the last. */
function curveOf(
  { constantNs = 0, coefficientNs, exponent }: ScalingLaw,
  points: readonly PlotPoint[],
): PlotPoint[] {
  const [low, high] = [points[0].x, points[points.length - 1].x];
  return Array.from({ length: CURVE_POINTS }, (_, i) => {
    const x = low * (high / low) ** (i / (CURVE_POINTS - 1));
    return { x, y: constantNs + coefficientNs * x ** exponent.value };
  });
}

const CACHES = { l1d: "L1d", l2: "L2", l3: "L3" } as const;

/** The number of examples at which a dense working set is as large as each cache: of the first minibatch size. */
function cacheSizes({ cells, environment }: Summary): NonNullable<Frame["verticals"]> {
  const { cell } = cells[0] ?? {};
  if (cell === undefined) return [];
  const { examples, heldBytes } = trafficPerEpoch({ ...cell, network: cell });
  return (["l1d", "l2", "l3"] as const).flatMap((level) => {
    const bytes = environment.cachesBytes[level];
    if (bytes === undefined || bytes <= heldBytes) return [];
    const x = (bytes - heldBytes) / (examples / cell.examples);
    return [{ x, label: `${CACHES[level]} ${formatBinary(bytes)}` }];
  });
}

/** An interval without ends has no width here. */
const pointOf = (
  x: number,
  { value, low = value, high = value }: Bounded,
): Required<PlotPoint> => ({
  x,
  y: value,
  low,
  high,
});

/** What a logarithmic axis must cover: an interval may reach down to zero, which it cannot show. */
function ends({ y, low, high }: Required<PlotPoint>): number[] {
  return [y, low, high].filter((value) => value > 0);
}
