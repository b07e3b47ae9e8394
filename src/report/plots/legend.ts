import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.ts";
import type { PlotLine } from "./lines.ts";
import { classOf, type Looks, markerOf } from "./looks.ts";
import { LEFT } from "./svg.ts";
import { fitting, widestOf } from "./text_width.ts";

const LEGEND_ROW = 19;
/** Room for the marker and the gaps of an entry. */
const BESIDE = 32;

/** Every named series once, with the label of its first line. */
const entriesOf = (lines: readonly PlotLine[], looks: Looks) =>
  [...looks].flatMap(([series, look], i) => {
    const line = lines.find((one) => one.series === series);
    const place = i / Math.max(1, looks.size - 1);
    return line ? [{ line, label: line.label, series, marker: markerOf(look, place) }] : [];
  });

interface Sides {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  /** Between the frame and the legend. */
  readonly bottom: number;
}

/** Rows of marker and label under the x axis, as many in a row as the longest leaves room for. */
export function legendOf(lines: readonly PlotLine[], looks: Looks, sides: Sides) {
  const inner = sides.width - LEFT - sides.right;
  const entries = entriesOf(lines, looks).map((entry) => ({
    ...entry,
    text: fitting(entry.label, inner - BESIDE),
  }));
  const widest = widestOf(entries.map(({ text }) => text)) + BESIDE;
  const columns = Math.max(1, Math.floor(inner / widest));
  const marks = entries.flatMap(({ series, marker, text }, i) => {
    const dx = LEFT - sides.left + (i % columns) * widest;
    const common = {
      frameAnchor: "bottom-left",
      dy: sides.bottom + 10 + Math.floor(i / columns) * LEGEND_ROW,
      ariaDescription: "legend",
      className: classOf(series),
    } as const;
    return [
      Plot.dot([0], { ...common, ...marker, dx: dx + 6 }),
      // "bottom-left" is the foot of a text, but the middle of a marker.
      Plot.text([text], { ...common, dx: dx + 20, lineAnchor: "middle" }),
    ];
  });
  return { marks, height: Math.ceil(entries.length / columns) * LEGEND_ROW + 8 };
}

const WIDEST_LABEL = 172;
const LABEL_HEIGHT = 14;
/** Between the frame and a label: room for its marker. */
const LEAD = 22;
/** Widths of texts are estimates. */
const EDGE = 10;

/** Names beside the right ends of lines, moved apart where they would touch. */
export function directLabels(
  lines: readonly PlotLine[],
  looks: Looks,
  { y, height }: { readonly y: Axis; readonly height: number },
) {
  const scale = y.type === "log" ? Math.log : (value: number) => value;
  const [low, high] = y.domain.map(scale);
  const entries = entriesOf(lines, looks).map((entry) => {
    const { points, curve = points } = entry.line;
    const end = (curve.length > 0 ? curve : points).at(-1)!;
    return { ...entry, at: (1 - (scale(end.y) - low) / (high - low)) * height };
  }).sort((a, b) => a.at - b.at);
  const places = apart(entries.map(({ at }) => at), height);
  const widest = Math.min(WIDEST_LABEL, widestOf(entries.map(({ label }) => label)));
  const marks = entries.flatMap(({ series, marker, label }, i) => {
    const scaled = high - places[i] / height * (high - low);
    const at = [{ y: y.type === "log" ? Math.exp(scaled) : scaled }];
    const common = {
      y: "y",
      frameAnchor: "right",
      ariaDescription: "legend",
      className: classOf(series),
    } as const;
    return [
      Plot.dot(at, { ...common, ...marker, r: 4, dx: 12 }),
      Plot.text(at, {
        ...common,
        text: () => fitting(label, WIDEST_LABEL),
        textAnchor: "start",
        dx: LEAD,
      }),
    ];
  });
  return { marks, width: widest + LEAD + EDGE };
}

/** Ascending places, moved as little as needed to be a label's height apart, within `height`. */
function apart(places: readonly number[], height: number): number[] {
  const moved = places.map((place) => Math.min(height, Math.max(0, place)));
  for (let i = 1; i < moved.length; i++) {
    moved[i] = Math.max(moved[i], moved[i - 1] + LABEL_HEIGHT);
  }
  for (let i = moved.length - 1; i >= 0; i--) {
    const below = i === moved.length - 1 ? height : moved[i + 1] - LABEL_HEIGHT;
    moved[i] = Math.min(moved[i], below);
  }
  return moved;
}
