import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.ts";
import { widthOf } from "./text_width.ts";

/** A straight line that belongs to no series, with its name beside it. Both axes are logarithmic. */
export interface Guide {
  readonly label: string;
  readonly from: Point;
  readonly to: Point;
}

type Point = Readonly<Record<"x" | "y", number>>;

/** The axes of a frame, and its size in px. */
type Area = Readonly<Record<"x" | "y", Axis> & Record<"width" | "height", number>>;

const FONT_SIZE = 11;
const LABEL_HEIGHT = 14;
const GAP = 14;

/** The look of names inside the frame that belong to no series. */
export const GUIDE_TEXT = {
  fontSize: FONT_SIZE,
  fill: "#555",
  stroke: "white",
  strokeWidth: 3,
  ariaDescription: "guide",
} as const;

/** Level lines are named at their right end, slanted ones along their lower end. */
export function guideMarks(guides: readonly Guide[], area: Area): Plot.Markish[] {
  const levels = guides.filter(({ from, to }) => from.y === to.y);
  const slopes = guides.filter(({ from, to }) => from.y !== to.y);
  const named = (label: string, at: Guide["from"], options: Plot.TextOptions) =>
    Plot.text([at], { ...GUIDE_TEXT, x: "x", y: "y", text: () => label, ...options });
  return [
    ...guides.map(({ from, to }) =>
      Plot.line([from, to], { x: "x", y: "y", stroke: "#888", strokeWidth: 1 })
    ),
    ...withoutOverlap(levels, area).map(({ guide: { label, to }, shift }) =>
      named(label, to, { textAnchor: "end", dx: -4 - shift, dy: -LABEL_HEIGHT / 2 })
    ),
    ...slopes.map(({ label, from, to }) => {
      const slant = Math.atan2(
        area.height * share(area.y, from.y, to.y),
        area.width * share(area.x, from.x, to.x),
      );
      return named(label, from, {
        textAnchor: "start",
        rotate: -slant * 180 / Math.PI,
        // Along the line from its lower end, and off it to the upper left.
        dx: 26 * Math.cos(slant) - 7 * Math.sin(slant),
        dy: -26 * Math.sin(slant) - 7 * Math.cos(slant),
      });
    }),
  ];
}

/** The distance of two values on a logarithmic axis, as a share of its length. */
const share = ({ domain: [low, high] }: Axis, from: number, to: number): number =>
  Math.log(to / from) / Math.log(high / low);

/** Names of levels, from the top; one that would touch another moves to the left of it. */
function withoutOverlap(levels: readonly Guide[], area: Area) {
  const placed: { guide: Guide; shift: number; top: number; end: number }[] = [];
  for (const guide of levels.toSorted((a, b) => b.to.y - a.to.y)) {
    const top = area.height * share(area.y, guide.to.y, area.y.domain[1]);
    const shift = placed.filter((other) => Math.abs(other.top - top) < LABEL_HEIGHT)
      .reduce((shift, { end }) => Math.max(shift, end), 0);
    placed.push({ guide, shift, top, end: shift + widthOf(guide.label, FONT_SIZE) + GAP });
  }
  return placed;
}
