import * as Plot from "@observablehq/plot";
import type { Summary } from "../../format/summary.ts";
import type { Figure } from "../document.ts";
import { formatCount, formatInterval, formatNumber } from "../numbers.ts";
import type { RawRun } from "../page/raw_run.ts";
import { sizesOf } from "../select.ts";
import { type Axis, sizeAxis, withRoom } from "./axis.ts";
import { type Guide, GUIDE_TEXT, guideMarks } from "./guides.ts";
import { directLabels, legendOf } from "./legend.ts";
import { type PlotLine, type PlotPoint, xsOf } from "./lines.ts";
import { classOf, type Looks, looksIn, markerOf } from "./looks.ts";
import { besideFrame, svgOf } from "./svg.ts";

export interface PlotKind {
  readonly name: string;
  readonly caption: string | ((summary: Summary) => string);
  /** Large ones are the few that a page shows unfolded. */
  readonly size?: Figure["size"];
  /** It has a second drawing, for a phone. */
  readonly isForPhones?: true;
  /** Undefined where the summary has nothing to show. `raw` is what the summary was computed from, if at hand. */
  draw(summary: Summary, raw?: RawRun, room?: Room): string | undefined;
}

/** For what a plot is drawn: a column of a page, or a phone. */
export type Room = "column" | "phone";

/** A plot of lines, over the sizes m unless `frame` has another axis; nothing where no line has a point. */
export const linePlot = (
  { lines, frame, ...kind }: Pick<PlotKind, "name" | "caption" | "size"> & {
    lines(summary: Summary): PlotLine[];
    frame(summary: Summary, lines: readonly PlotLine[]): Omit<Frame, "lines" | "x"> & { x?: Axis };
  },
): PlotKind => ({
  ...kind,
  isForPhones: true,
  draw(summary, _, room = "column") {
    const drawn = lines(summary);
    if (drawn.length === 0) return undefined;
    const made = frame(summary, drawn);
    // What is predicted may lie beyond the sizes that were measured.
    const x = sizeAxis([...sizesOf(summary), ...xsOf(drawn)]);
    return drawFrame({ x, ...made, lines: drawn }, looksIn(summary), {
      room,
      isNamed: kind.size === "large",
    });
  },
});

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
  /** The series that lies above all others, with a line twice as thick. */
  readonly above?: number | undefined;
  /** The Pareto front from left to right, drawn as a stair below the series. */
  readonly front?: readonly PlotPoint[];
}

const SIZES = {
  column: { width: 600, height: 290, left: 70, right: 22 },
  phone: { width: 340, height: 260, left: 56, right: 12 },
} as const;
const [TOP, BOTTOM] = [62, 50];
const XY = { x: "x", y: "y" };
const DASHED = { stroke: "#888", strokeDasharray: "4 3" };
const STAIR = { curve: "step-after", stroke: "#888", strokeWidth: 5, strokeOpacity: 0.35 } as const;
const STAIR_NAME = { dy: -12, textAnchor: "end", fill: "#555", ariaDescription: "guide" } as const;
const VERTICAL_NAME = { frameAnchor: "top", textAnchor: "start", dx: 4 } as const;
/** Colour of series without a name. */
const NAMELESS = "#888";

/** A plot as SVG text: title above; names at the ends of the lines, or in a legend below. */
function drawFrame(
  frame: Frame,
  looks: Looks,
  { room, isNamed }: { room: Room; isNamed: boolean },
): string {
  const { title, x, y, lines, ruleY, guides = [], verticals = [], front = [], above } = frame;
  const { width, height, left, right } = SIZES[room];
  const named = lines.filter(({ series }) => looks.has(series));
  const direct = isNamed && room === "column"
    ? directLabels(named, looks, { y, height })
    : undefined;
  const legend = direct
    ? undefined
    : legendOf(named, looks, { width, left, right, bottom: BOTTOM });
  const margin = {
    top: TOP,
    right: direct?.width ?? right,
    bottom: BOTTOM + (legend?.height ?? 0),
    left,
  };
  const frameWidth = width - left - margin.right;
  const xTicks = withRoom(x, frameWidth);
  const yTicks = withRoom(y, height, "up");
  const stair = front.length < 2 ? [] : front;
  const isFirst = (one: PlotLine) => looks.has(one.series) ? one.series === above ? 2 : 1 : 0;
  return svgOf({
    title,
    width,
    height: margin.top + height + margin.bottom,
    margin,
    x: { type: x.type, domain: [...x.domain], label: null },
    y: { type: y.type, domain: [...y.domain], label: null },
    marks: [
      Plot.gridX(xTicks),
      Plot.gridY(yTicks),
      // `text` instead of `tickFormat`, with which a logarithmic axis drops some labels.
      Plot.axisX(xTicks, { text: x.format }),
      Plot.axisY(yTicks, { text: y.format }),
      Plot.text([y.label], besideFrame(margin, 34)),
      Plot.text([x.label], { frameAnchor: "bottom-right", dy: 42 }),
      ...(ruleY === undefined ? [] : [Plot.ruleY([ruleY], DASHED)]),
      Plot.ruleX(verticals, { x: "x", ...DASHED, ariaDescription: "guide" }),
      Plot.text(verticals, { ...GUIDE_TEXT, ...VERTICAL_NAME, x: "x", text: "label" }),
      ...guideMarks(guides, { x, y, width: frameWidth, height }),
      Plot.line(stair, { ...XY, ...STAIR }),
      Plot.text(stair.slice(-1), { ...XY, ...STAIR_NAME, text: () => "Pareto front" }),
      ...lines.toSorted((a, b) => isFirst(a) - isFirst(b))
        .flatMap((line) => lineMarks(line, looks, frame)),
      ...(direct?.marks ?? legend?.marks ?? []),
    ],
  });
}

function lineMarks(
  { label, series, points, curve }: PlotLine,
  looks: Looks,
  { x, y, above }: Frame,
): Plot.Markish[] {
  const look = looks.get(series);
  const className = classOf(series);
  const drawn = curve ?? points;
  if (look === undefined) {
    return [
      Plot.line(drawn, { ...XY, stroke: NAMELESS, strokeWidth: 1, strokeOpacity: 0.5, className }),
    ];
  }
  const { colour } = look;
  const bars = points.flatMap((point) => barOf(point, y.domain));
  const bar = { x: "x", y1: "low", y2: "high", className };
  const strokeWidth = series === above ? 3 : 1.5;
  return [
    Plot.areaY(bars.length > 1 ? bars : [], { ...bar, fill: colour, fillOpacity: 0.12 }),
    Plot.line(drawn, { ...XY, stroke: colour, strokeWidth, className }),
    Plot.ruleX(bars, { ...bar, stroke: colour, strokeWidth: 1.5 }),
    ...arrowsOf(bars, colour, className),
    ...[false, true].map((isPredicted) =>
      Plot.dot(points.filter((point) => (point.isPredicted ?? false) === isPredicted), {
        ...XY,
        ...markerOf(look, [...looks.keys()].indexOf(series) / Math.max(1, looks.size - 1)),
        ...(isPredicted && { strokeDasharray: "2 2" }),
        ariaDescription: label,
        className,
        title: (point: PlotPoint) => pointText(label, point, { x, y }),
      })
    ),
  ];
}

/** The interval of a point within the axis, and where it goes on beyond; none for a point without an interval. */
function barOf({ x, low, high }: PlotPoint, [from, to]: Axis["domain"]) {
  if (low === undefined || high === undefined) return [];
  const within = (value: number) => Math.min(to, Math.max(from, value));
  return [{ x, low: within(low), high: within(high), isLower: low < from, isHigher: high > to }];
}

/** At the ends of intervals that leave the axis. */
function arrowsOf(
  bars: ReturnType<typeof barOf>,
  colour: string,
  className: string,
): Plot.Markish[] {
  const arrow = { x: "x", r: 4, fill: colour, ariaDescription: "arrow", className } as const;
  const [lower, higher] = [bars.filter((bar) => bar.isLower), bars.filter((bar) => bar.isHigher)];
  return [
    Plot.dot(lower, { ...arrow, y: "low", symbol: "triangle2" }),
    Plot.dot(higher, { ...arrow, y: "high", symbol: "triangle" }),
  ];
}

/** The tooltip of a point: "fused_typed\ntraining examples m: 1,000\ntime per epoch: 8.12 ms [8.05, 8.31]". */
function pointText(
  label: string,
  { x, y, low, high, isPredicted }: PlotPoint,
  axes: Pick<Frame, "x" | "y">,
): string {
  const plain = (axis: Axis) =>
    axis.label.replaceAll(/[↑→]|\(logarithmic\)|, logarithmic/g, "").trim();
  const figure = formatInterval({ value: y, low, high }, axes.y.tell ?? formatNumber);
  const place = axes.x.tell?.(x) ?? (Number.isInteger(x) ? formatCount(x) : formatNumber(x));
  const how = isPredicted ? ", predicted" : "";
  return `${label}\n${plain(axes.x)}: ${place}\n${plain(axes.y)}${how}: ${figure}`;
}
