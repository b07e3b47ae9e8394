import type { Bounded } from "../../format/interval.ts";
import type { CellSummary, Predicted, Summary } from "../../format/summary.ts";
import { linesOf } from "../select.ts";

export interface PlotLine {
  readonly label: string;
  /** Index of the series. Lines of one series at several seeds share an entry in the legend. */
  readonly series: number;
  readonly points: readonly PlotPoint[];
  /** Drawn instead of straight lines between the points. */
  readonly curve?: readonly PlotPoint[];
}

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** The ends of the interval bar. */
  readonly low?: number;
  readonly high?: number;
  /** By the law of its series, where nothing was measured. */
  readonly isPredicted?: true;
}

/** A bound that the data do not give is drawn at the value. */
const pointOf = (x: number, { value: y, low = y, high = y }: Bounded): PlotPoint => ({
  x,
  y,
  low,
  high,
});

/** A figure of the cells over their m: a line for each series and seed, longer by what `predicted` gives. */
export const overSizes = (
  summary: Summary,
  figure: (cell: CellSummary) => number | Bounded | undefined,
  predicted?: (cell: Predicted) => number,
): PlotLine[] =>
  plotLines(summary, linesOf(summary), ({ cells, series, seed }) => {
    const measured = cells.flatMap((cell) => {
      const [x, y] = [cell.cell.examples, figure(cell)];
      return y === undefined ? [] : typeof y === "number" ? { x, y } : pointOf(x, y);
    });
    const others = predicted === undefined ? [] : summary.predicted
      .filter((one) => one.series === series && one.cell.seed === seed)
      .map((one): PlotPoint => ({
        x: one.cell.examples,
        y: predicted(one),
        isPredicted: true,
      }));
    return [...measured, ...others].sort((a, b) => a.x - b.x);
  });

/** A line for each of `of` that has points, with the label of its series. */
export const plotLines = <T extends { readonly series: number }>(
  { series }: Summary,
  of: readonly T[],
  points: (one: T) => readonly PlotPoint[],
): PlotLine[] =>
  of.map((one) => ({ label: series[one.series].label, series: one.series, points: points(one) }))
    .filter(({ points }) => points.length > 0);

export const xsOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.map(({ x }) => x));

export const valuesOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.map(({ y }) => y));

/** The ends of intervals; one that reaches down to zero has none on a logarithmic axis. */
export const endsOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]))
    .filter((value) => value > 0);

const CURVE_POINTS = 60;

/** A curve from the first point to the last, even on a logarithmic axis. */
export function curveOver(points: readonly PlotPoint[], y: (x: number) => number): PlotPoint[] {
  const [low, high] = [points[0].x, points[points.length - 1].x];
  return Array.from({ length: CURVE_POINTS }, (_, i) => {
    const x = low * (high / low) ** (i / (CURVE_POINTS - 1));
    return { x, y: y(x) };
  });
}
