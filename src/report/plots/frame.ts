import * as Plot from "@observablehq/plot";
import type { Summary } from "../../format/summary.ts";
import { formatCount, formatInterval, formatNumber } from "../numbers.ts";
import type { RawRun } from "../page/raw_run.ts";
import { LIGHT } from "../palette.ts";
import { type Axis, withRoom } from "./axis.ts";
import { type Guide, guideMarks } from "./guides.ts";
import { svgOf } from "./svg.ts";
import { fitting, widthOf } from "./text_width.ts";

/** One picture of a summary. Empty where the summary has nothing to show in it. */
export interface PlotKind {
  readonly name: string;
  /** What there is to see; of some plots it depends on what there is. */
  readonly caption: string | ((summary: Summary) => string);
  /** Across the page, where others stand side by side. */
  readonly size?: "wide";
  /** `raw` is what the summary was computed from, where it is at hand. */
  draw(summary: Summary, raw?: RawRun): string | undefined;
}

/** A line of a plot, as data: what it is called, which look it has, where it goes. */
export interface PlotLine {
  readonly label: string;
  /** Index of the series. Lines of the same look, one series at several seeds, share an entry in the legend. */
  readonly look: number;
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
}

export interface Frame {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly PlotLine[];
  /** A horizontal line across the plot. */
  readonly ruleY?: number;
  /** Lines below those of the series. */
  readonly guides?: readonly Guide[];
  /** Places of x with a dashed rule and its name. */
  readonly verticals?: readonly { readonly x: number; readonly label: string }[];
  /** The look that lies above all others, with a line twice as thick. */
  readonly above?: number | undefined;
  /** Points that none of the others beats in both directions, from left to right: a stair below the series. */
  readonly front?: readonly PlotPoint[];
}

/** Classes of all that belongs to a series, in every plot: a page finds it by them. */
export const classOf = (look: number): string => `series series-${look}`;

/** Of the series in plots on white; a page gives them those of its own scheme. */
export const COLOURS = LIGHT.series;
/** As many as share no divisor with the colours: 63 looks before one comes again. */
export const SYMBOLS: readonly Plot.SymbolType[] = [
  "circle",
  "square",
  "triangle",
  "diamond2",
  "star",
  "times",
  "hexagon",
];
const WIDTH = 600;
const FRAME_HEIGHT = 290;
const MARGIN = { top: 62, right: 22, bottom: 50, left: 70 };
/** Where titles and legends begin, from the left edge. */
const LEFT = 14;
const LEGEND_ROW = 19;
/** Room for the marker and the gaps of an entry. */
const BESIDE = 32;

/** A plot as SVG text: title above, legend below, nothing that needs another file. */
export function drawFrame(frame: Frame): string {
  const { title, x, y, lines, ruleY, guides = [], verticals = [], front = [], above } = frame;
  const looks = [...new Set(lines.map(({ look }) => look))];
  const legend = legendOf(lines, looks);
  const marginBottom = MARGIN.bottom + legend.height;
  const xTicks = withRoom(x, WIDTH - MARGIN.left - MARGIN.right);
  const left = { frameAnchor: "top-left", dx: LEFT - MARGIN.left, clip: false } as const;
  return svgOf({
    title,
    width: WIDTH,
    height: MARGIN.top + FRAME_HEIGHT + marginBottom,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom,
    marginLeft: MARGIN.left,
    x: { type: x.type, domain: [...x.domain], label: null },
    y: { type: y.type, domain: [...y.domain], label: null },
    marks: [
      Plot.gridX(xTicks),
      Plot.gridY(y.ticks),
      // `text` and not `tickFormat`: of that, a logarithmic axis drops some labels.
      Plot.axisX(xTicks, { text: x.format }),
      Plot.axisY(y.ticks, { text: y.format }),
      Plot.text([fitting(title, WIDTH - LEFT, 16)], {
        ...left,
        dy: 10 - MARGIN.top,
        fontSize: 15,
        fontWeight: "bold",
      }),
      Plot.text([y.label], { ...left, dy: 34 - MARGIN.top }),
      Plot.text([x.label], { frameAnchor: "bottom-right", dy: 42 }),
      ...(ruleY === undefined
        ? []
        : [Plot.ruleY([ruleY], { stroke: "#888", strokeDasharray: "4 3" })]),
      ...(verticals.length === 0 ? [] : [
        Plot.ruleX(verticals, {
          x: "x",
          stroke: "#888",
          strokeDasharray: "4 3",
          ariaDescription: "guide",
        }),
        Plot.text(verticals, {
          x: "x",
          text: "label",
          frameAnchor: "top",
          textAnchor: "start",
          dx: 4,
          fontSize: 11,
          fill: "#555",
          stroke: "white",
          strokeWidth: 3,
          ariaDescription: "guide",
        }),
      ]),
      ...guideMarks(guides, {
        x,
        y,
        width: WIDTH - MARGIN.left - MARGIN.right,
        height: FRAME_HEIGHT,
      }),
      ...(front.length < 2 ? [] : [
        Plot.line(front, {
          x: "x",
          y: "y",
          curve: "step-after",
          stroke: "#888",
          strokeWidth: 5,
          strokeOpacity: 0.35,
        }),
        Plot.text(front.slice(-1), {
          x: "x",
          y: "y",
          text: () => "Pareto front",
          dy: -12,
          textAnchor: "end",
          fill: "#555",
          ariaDescription: "guide",
        }),
      ]),
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
  const colour = COLOURS[look % COLOURS.length];
  const className = classOf(look);
  const bars = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  return [
    ...(bars.length > 1
      ? [
        Plot.areaY(bars, {
          x: "x",
          y1: "low",
          y2: "high",
          fill: colour,
          fillOpacity: 0.15,
          className,
        }),
      ]
      : []),
    Plot.line(curve ?? points, { x: "x", y: "y", stroke: colour, strokeWidth, className }),
    Plot.ruleX(bars, {
      x: "x",
      y1: "low",
      y2: "high",
      stroke: colour,
      strokeWidth: 1.5,
      className,
    }),
    Plot.dot(points, {
      x: "x",
      y: "y",
      ...markerOf(look, looks),
      ariaDescription: label,
      className,
      title: (point: PlotPoint) => pointText(label, point, axes),
    }),
  ];
}

/** What a point says when it is pointed at: "fused_typed\ntraining examples m: 1,000\ntime per epoch: 8.12 ms [8.05, 8.31]". */
function pointText(
  label: string,
  { x, y, low, high }: PlotPoint,
  axes: Pick<Frame, "x" | "y">,
): string {
  const plain = (axis: Axis) =>
    axis.label.replaceAll(/[↑→]|\(logarithmic\)|, logarithmic/g, "").trim();
  const tell = axes.y.tell ?? formatNumber;
  const figure = low === undefined || high === undefined
    ? tell(y)
    : formatInterval({ value: y, low, high }, tell);
  const place = axes.x.tell?.(x) ?? (Number.isInteger(x) ? formatCount(x) : formatNumber(x));
  return `${label}\n${plain(axes.x)}: ${place}\n${plain(axes.y)}: ${figure}`;
}

/** Smaller from series to series, so that of points in one place (equal accuracies) all can be seen. */
function markerOf(look: number, looks: readonly number[]) {
  const colour = COLOURS[look % COLOURS.length];
  const later = (looks.length - 1 - looks.indexOf(look)) / Math.max(1, looks.length - 1);
  const r = 3.5 + 2.5 * later;
  return { symbol: SYMBOLS[look % SYMBOLS.length], r, stroke: colour, fill: "white" } as const;
}

/** Rows of marker and label under the x axis, as many in a row as the longest leaves room for. */
function legendOf(
  lines: readonly PlotLine[],
  looks: readonly number[],
): { marks: Plot.Markish[]; height: number } {
  // From the left edge of the title on.
  const inner = WIDTH - LEFT - MARGIN.right;
  const entries = looks.map((look) => ({
    look,
    text: fitting(lines.find((line) => line.look === look)?.label ?? "", inner - BESIDE),
  }));
  const widest = Math.max(...entries.map(({ text }) => widthOf(text))) + BESIDE;
  const columns = Math.max(1, Math.floor(inner / widest));
  const marks = entries.flatMap(({ look, text }, i) => {
    const dx = LEFT - MARGIN.left + (i % columns) * widest;
    const dy = MARGIN.bottom + 10 + Math.floor(i / columns) * LEGEND_ROW;
    const anchor = { frameAnchor: "bottom-left", dy } as const;
    return [
      Plot.dot([0], {
        ...anchor,
        ...markerOf(look, looks),
        dx: dx + 6,
        ariaDescription: "legend",
        className: classOf(look),
      }),
      // "bottom-left" puts the foot of the text there, but the middle of a marker.
      Plot.text([text], {
        ...anchor,
        dx: dx + 20,
        lineAnchor: "middle",
        ariaDescription: "legend",
        className: classOf(look),
      }),
    ];
  });
  return { marks, height: Math.ceil(entries.length / columns) * LEGEND_ROW + 8 };
}
