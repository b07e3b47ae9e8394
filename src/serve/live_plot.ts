import * as Plot from "@observablehq/plot";
import type { LineSoFar } from "./so_far.ts";
import { counted, formatCount, formatDuration } from "../report/numbers.ts";
import { escape } from "../report/page/escape.ts";
import { type Axis, durationAxis, sizeAxis, withRoom } from "../report/plots/axis.ts";
import { colourName, type Look } from "../report/plots/looks.ts";
import { svgOf } from "../report/plots/svg.ts";

/**
 * The plot of a running sweep, with the looks and axes of the report. It is written as text, because it is drawn after
 * every trial on the machine that measures: without a document that takes a tenth of a millisecond.
 */

const [WIDTH, HEIGHT] = [640, 380];
const FRAME = { top: 34, right: 622, bottom: 326, left: 70 };

/** Time per example over the sizes m; undefined before the first figure. */
export function livePlot(lines: readonly LineSoFar[], sizes: readonly number[]) {
  const drawn = lines.filter(({ series, cells }) => series !== undefined && cells.length > 0);
  if (drawn.length === 0) return undefined;
  const x = sizeAxis(sizes);
  const y = durationAxis(
    "time per example",
    drawn.flatMap(({ cells }) => cells.map(({ nsPerExample }) => nsPerExample)),
  );
  const toX = placeOn(x, FRAME.left, FRAME.right);
  const toY = placeOn(y, FRAME.bottom, FRAME.top);
  const parts = [
    ...withRoom(y, FRAME.bottom - FRAME.top, "up").flatMap((tick) => [
      rule(FRAME.left, toY(tick), FRAME.right, toY(tick)),
      text(FRAME.left - 8, toY(tick) + 4, y.format(tick), "end"),
    ]),
    ...withRoom(x, FRAME.right - FRAME.left).flatMap((tick) => [
      rule(toX(tick), FRAME.top, toX(tick), FRAME.bottom),
      text(toX(tick), FRAME.bottom + 20, x.format(tick), "middle"),
    ]),
    text(14, 18, y.label, "start"),
    text(FRAME.right, FRAME.bottom + 42, x.label, "end"),
    ...drawn.map((line, i) => drawLine(line, toX, toY, sizeOf(i, drawn.length))),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" font-size="12" fill="currentColor" role="img" ` +
    'aria-label="Time per example over the number of training examples, so far">' +
    `${parts.join("")}</svg>`;
}

/** Smaller from line to line, as in the report, so that all markers in one place can be seen. */
const sizeOf = (index: number, count: number): number => 1.2 - 0.5 * index / Math.max(1, count - 1);

/** The marker of a series in front of its name; an empty space of the same width without a series. */
export function swatch(look: Look | undefined): string {
  const drawn = look === undefined ? "" : marker(look, 0, 0, 1);
  return `<svg class="marker" viewBox="-9 -9 18 18" aria-hidden="true">${drawn}</svg>`;
}

type Scale = ReturnType<typeof placeOn>;

function drawLine(line: LineSoFar, toX: Scale, toY: Scale, size: number): string {
  const { label, look } = line;
  const cells = line.cells.map(({ examples, nsPerExample, trials }) => ({
    x: toX(examples),
    y: toY(nsPerExample),
    text: `${label}\nm = ${formatCount(examples)}: ${formatDuration(nsPerExample)} per example\n` +
      counted(trials, "trial"),
  }));
  const points = cells.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
  const markers = look === undefined
    ? ""
    : cells.map(({ x, y, text }) => marker(look, x, y, size, text)).join("");
  return `<g><polyline points="${points}" fill="none" stroke="${colour(look)}" ` +
    `stroke-width="1.5"/>${markers}</g>`;
}

function marker(look: Look, x: number, y: number, size: number, title?: string): string {
  const place = `translate(${round(x)} ${round(y)}) scale(${Number(size.toFixed(2))})`;
  return `<path d="${outlineOf(look)}" transform="${place}" vector-effect="non-scaling-stroke" ` +
    `fill="var(--plot-page)" stroke="${colour(look)}" stroke-width="1.5">` +
    `${title === undefined ? "" : `<title>${escape(title)}</title>`}</path>`;
}

const colour = (look: Look | undefined): string => `var(--${colourName(look) ?? "quiet"})`;

const PATHS = new Map<Look["symbol"], string>();

/** The outline of a symbol as the report draws it, around 0. */
function outlineOf({ symbol }: Look): string {
  const found = PATHS.get(symbol) ?? outline(symbol);
  PATHS.set(symbol, found);
  return found;
}

function outline(symbol: Plot.SymbolType): string {
  const svg = svgOf({
    title: "",
    width: 20,
    height: 20,
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    // With a symbol for each datum, even the circle is a path.
    marks: [
      Plot.dot([symbol], { symbol: (name: string) => name, r: 5, frameAnchor: "middle" }),
    ],
  });
  const path = /<path [^>]*\bd="([^"]+)"/.exec(svg)?.[1];
  if (path === undefined) throw new RangeError(`Cannot draw the symbol ${symbol}: it has no path`);
  return path;
}

function placeOn({ domain: [low, high] }: Axis, from: number, to: number) {
  return (value: number): number =>
    from + Math.log(value / low) / Math.log(high / low) * (to - from);
}

const rule = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ` +
  'stroke="var(--line)"/>';

const text = (x: number, y: number, content: string, anchor: "start" | "middle" | "end"): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(content)}</text>`;

const round = (value: number): string => String(Math.round(value * 10) / 10);
