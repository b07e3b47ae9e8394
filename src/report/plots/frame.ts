import * as Plot from "@observablehq/plot";
import type { Bounded } from "../../format/interval.ts";
import type { CellSummary, Summary } from "../../format/summary.ts";
import { formatCount, formatInterval, formatNumber } from "../numbers.ts";
import type { RawRun } from "../page/raw_run.ts";
import { LIGHT } from "../palette.ts";
import { linesOf, sizesOf } from "../select.ts";
import { type Axis, sizeAxis, withRoom } from "./axis.ts";
import { type Guide, GUIDE_TEXT, guideMarks } from "./guides.ts";
import { besideFrame, LEFT, svgOf } from "./svg.ts";
import { fitting, widthOf } from "./text_width.ts";

export interface PlotKind {
  readonly name: string;
  readonly caption: string | ((summary: Summary) => string);
  /** Across the page, where others stand side by side. */
  readonly size?: "wide";
  /** Undefined where the summary has nothing to show. `raw` is what the summary was computed from, if at hand. */
  draw(summary: Summary, raw?: RawRun): string | undefined;
}

export interface PlotLine {
  readonly label: string;
  /** Index of the series. Lines with the same look, one series at several seeds, share an entry in the legend. */
  readonly look: number;
  readonly points: readonly PlotPoint[];
  /** Drawn instead of straight lines between the points. */
  readonly curve?: readonly PlotPoint[];
}

interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** The ends of the interval bar. */
  readonly low?: number;
  readonly high?: number;
}

/** A bound that the data do not give is drawn at the value. */
const pointOf = (x: number, { value: y, low = y, high = y }: Bounded): PlotPoint => ({
  x,
  y,
  low,
  high,
});

/** A plot of lines, over the sizes m unless `frame` has another axis; nothing where no line has a point. */
export const linePlot = (
  { lines, frame, ...kind }: Pick<PlotKind, "name" | "caption"> & {
    lines(summary: Summary): PlotLine[];
    frame(summary: Summary, lines: readonly PlotLine[]): Omit<Frame, "lines" | "x"> & { x?: Axis };
  },
): PlotKind => ({
  ...kind,
  draw(summary) {
    const drawn = lines(summary);
    if (drawn.length === 0) return undefined;
    return drawFrame({ x: sizeAxis(sizesOf(summary)), ...frame(summary, drawn), lines: drawn });
  },
});

/** A figure of the cells over their m: a line for each series and seed. */
export const overSizes = (
  summary: Summary,
  figure: (cell: CellSummary) => number | Bounded | undefined,
): PlotLine[] =>
  plotLines(summary, linesOf(summary), ({ cells }) =>
    cells.flatMap((cell) => {
      const [x, y] = [cell.cell.examples, figure(cell)];
      return y === undefined ? [] : typeof y === "number" ? { x, y } : pointOf(x, y);
    }));

/** A line for each of `of` that has points, with the label and look of its series. */
export const plotLines = <T extends { readonly series: number }>(
  { series }: Summary,
  of: readonly T[],
  points: (one: T) => readonly PlotPoint[],
): PlotLine[] =>
  of.map((one) => ({ label: series[one.series].label, look: one.series, points: points(one) }))
    .filter(({ points }) => points.length > 0);

export const xsOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.map(({ x }) => x));

export const valuesOf = (lines: readonly PlotLine[]): number[] =>
  lines.flatMap(({ points }) => points.map(({ y }) => y));

const CURVE_POINTS = 60;

/** A curve from the first point to the last, even on a logarithmic axis. */
export function curveOver(points: readonly PlotPoint[], y: (x: number) => number): PlotPoint[] {
  const [low, high] = [points[0].x, points[points.length - 1].x];
  return Array.from({ length: CURVE_POINTS }, (_, i) => {
    const x = low * (high / low) ** (i / (CURVE_POINTS - 1));
    return { x, y: y(x) };
  });
}

interface Frame {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly PlotLine[];
  /** A horizontal line across the plot. */
  readonly ruleY?: number;
  /** Lines below those of the series. */
  readonly guides?: readonly Guide[];
  /** Dashed vertical lines and their names. */
  readonly verticals?: readonly { readonly x: number; readonly label: string }[];
  /** The look that lies above all others, with a line twice as thick. */
  readonly above?: number | undefined;
  /** The Pareto front from left to right, drawn as a stair below the series. */
  readonly front?: readonly PlotPoint[];
}

/** Classes of everything that belongs to a series; the scripts of a page look for them. */
export const classOf = (look: number): string => `series series-${look}`;

/** Colours of the series on white; a page replaces them by those of its scheme. */
export const COLOURS = LIGHT.series;
export const colourOf = (look: number): string => COLOURS[look % COLOURS.length];
/** Their number shares no divisor with that of the colours: 63 looks before one repeats. */
export const SYMBOLS = [
  "circle",
  "square",
  "triangle",
  "diamond2",
  "star",
  "times",
  "hexagon",
] as const satisfies Plot.SymbolType[];
const WIDTH = 600;
const FRAME_HEIGHT = 290;
const MARGIN = { top: 62, right: 22, bottom: 50, left: 70 };
const FRAME_WIDTH = WIDTH - MARGIN.left - MARGIN.right;
const LEGEND_ROW = 19;
/** Room for the marker and the gaps of an entry. */
const BESIDE = 32;
const XY = { x: "x", y: "y" };
const DASHED = { stroke: "#888", strokeDasharray: "4 3" };
const STAIR = { curve: "step-after", stroke: "#888", strokeWidth: 5, strokeOpacity: 0.35 } as const;
const STAIR_NAME = { dy: -12, textAnchor: "end", fill: "#555", ariaDescription: "guide" } as const;
const VERTICAL_NAME = { frameAnchor: "top", textAnchor: "start", dx: 4 } as const;

/** A plot as SVG text: title above, legend below. */
function drawFrame(frame: Frame): string {
  const { title, x, y, lines, ruleY, guides = [], verticals = [], front = [], above } = frame;
  const looks = [...new Set(lines.map(({ look }) => look))];
  const legend = legendOf(lines, looks);
  const margin = { ...MARGIN, bottom: MARGIN.bottom + legend.height };
  const xTicks = withRoom(x, FRAME_WIDTH);
  const stair = front.length < 2 ? [] : front;
  return svgOf({
    title,
    width: WIDTH,
    height: margin.top + FRAME_HEIGHT + margin.bottom,
    margin,
    x: { type: x.type, domain: [...x.domain], label: null },
    y: { type: y.type, domain: [...y.domain], label: null },
    marks: [
      Plot.gridX(xTicks),
      Plot.gridY(y.ticks),
      // `text` instead of `tickFormat`, with which a logarithmic axis drops some labels.
      Plot.axisX(xTicks, { text: x.format }),
      Plot.axisY(y.ticks, { text: y.format }),
      Plot.text([y.label], besideFrame(margin, 34)),
      Plot.text([x.label], { frameAnchor: "bottom-right", dy: 42 }),
      ...(ruleY === undefined ? [] : [Plot.ruleY([ruleY], DASHED)]),
      Plot.ruleX(verticals, { x: "x", ...DASHED, ariaDescription: "guide" }),
      Plot.text(verticals, { ...GUIDE_TEXT, ...VERTICAL_NAME, x: "x", text: "label" }),
      ...guideMarks(guides, { x, y, width: FRAME_WIDTH, height: FRAME_HEIGHT }),
      Plot.line(stair, { ...XY, ...STAIR }),
      Plot.text(stair.slice(-1), { ...XY, ...STAIR_NAME, text: () => "Pareto front" }),
      ...lines.toSorted((a, b) => Number(a.look === above) - Number(b.look === above))
        .flatMap((line) => lineMarks(line, looks, { x, y }, line.look === above ? 3 : 1.5)),
      ...legend.marks,
    ],
  });
}

function lineMarks(
  { label, look, points, curve }: PlotLine,
  looks: readonly number[],
  axes: Pick<Frame, "x" | "y">,
  strokeWidth: number,
): Plot.Markish[] {
  const colour = colourOf(look);
  const className = classOf(look);
  const bars = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const bar = { x: "x", y1: "low", y2: "high", className };
  return [
    Plot.areaY(bars.length > 1 ? bars : [], { ...bar, fill: colour, fillOpacity: 0.15 }),
    Plot.line(curve ?? points, { ...XY, stroke: colour, strokeWidth, className }),
    Plot.ruleX(bars, { ...bar, stroke: colour, strokeWidth: 1.5 }),
    Plot.dot(points, {
      ...XY,
      ...markerOf(look, looks),
      ariaDescription: label,
      className,
      title: (point: PlotPoint) => pointText(label, point, axes),
    }),
  ];
}

/** The tooltip of a point: "fused_typed\ntraining examples m: 1,000\ntime per epoch: 8.12 ms [8.05, 8.31]". */
function pointText(
  label: string,
  { x, y, low, high }: PlotPoint,
  axes: Pick<Frame, "x" | "y">,
): string {
  const plain = (axis: Axis) =>
    axis.label.replaceAll(/[↑→]|\(logarithmic\)|, logarithmic/g, "").trim();
  const figure = formatInterval({ value: y, low, high }, axes.y.tell ?? formatNumber);
  const place = axes.x.tell?.(x) ?? (Number.isInteger(x) ? formatCount(x) : formatNumber(x));
  return `${label}\n${plain(axes.x)}: ${place}\n${plain(axes.y)}: ${figure}`;
}

/** Smaller from series to series, so that all points in one place (equal accuracies) can be seen. */
function markerOf(look: number, looks: readonly number[]) {
  const later = (looks.length - 1 - looks.indexOf(look)) / Math.max(1, looks.length - 1);
  const symbol = SYMBOLS[look % SYMBOLS.length];
  return { symbol, r: 3.5 + 2.5 * later, stroke: colourOf(look), fill: "white" } as const;
}

/** Rows of marker and label under the x axis, as many in a row as the longest leaves room for. */
function legendOf(lines: readonly PlotLine[], looks: readonly number[]) {
  const inner = WIDTH - LEFT - MARGIN.right;
  const entries = looks.map((look) => ({
    look,
    text: fitting(lines.find((line) => line.look === look)?.label ?? "", inner - BESIDE),
  }));
  const widest = Math.max(...entries.map(({ text }) => widthOf(text))) + BESIDE;
  const columns = Math.max(1, Math.floor(inner / widest));
  const marks = entries.flatMap(({ look, text }, i) => {
    const dx = LEFT - MARGIN.left + (i % columns) * widest;
    const common = {
      frameAnchor: "bottom-left",
      dy: MARGIN.bottom + 10 + Math.floor(i / columns) * LEGEND_ROW,
      ariaDescription: "legend",
      className: classOf(look),
    } as const;
    return [
      Plot.dot([0], { ...common, ...markerOf(look, looks), dx: dx + 6 }),
      // "bottom-left" is the foot of a text, but the middle of a marker.
      Plot.text([text], { ...common, dx: dx + 20, lineAnchor: "middle" }),
    ];
  });
  return { marks, height: Math.ceil(entries.length / columns) * LEGEND_ROW + 8 };
}
