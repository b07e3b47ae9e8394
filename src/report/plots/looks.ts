import type { Series, Summary } from "../../format/summary.ts";
import { LIGHT } from "../palette.ts";
import { namedSeries } from "../select.ts";
import type * as Plot from "@observablehq/plot";

/** How a series is drawn: no two looks of a plot share a colour or a symbol. */
export interface Look {
  /** Index into the colours of a scheme. */
  readonly slot: number;
  /** On white; a page replaces it by that of its scheme. */
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** The library's `triangle2` is its `triangle` once more, so this one stands on its tip. */
const TRIANGLE_DOWN = {
  draw(context: Pick<CanvasPath, "moveTo" | "lineTo" | "closePath">, size: number): void {
    const height = Math.sqrt(size / (3 * Math.sqrt(3)));
    const half = Math.sqrt(3) * height;
    context.moveTo(0, 2 * height);
    context.lineTo(half, -height);
    context.lineTo(-half, -height);
    context.closePath();
  },
};

/** One for each colour. */
const SYMBOLS = [
  "circle",
  "square",
  "triangle",
  "diamond2",
  "star",
  "times",
  "hexagon",
  TRIANGLE_DOWN,
  "plus",
] as const satisfies Plot.SymbolType[];

const COLOURS = LIGHT.series;

/** Chosen so that the implementations that every machine can run have a colour each, and `naive_loop` the first. */
const SEED = 10_051;

/** FNV-1a (Fowler, Noll and Vo) without the lowest bits, which are not as well mixed. */
function hash(text: string): number {
  let state = SEED;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 16_777_619);
  return state >>> 8;
}

/**
 * Looks of some programs, by their names: a name has the same one in every run, unless an earlier program of this run
 * has taken it. A program beyond the number of colours has none.
 */
export function looksOf(names: readonly string[]): (Look | undefined)[] {
  const free = new Set(COLOURS.keys());
  return names.map((name) => {
    const wanted = hash(name) % COLOURS.length;
    const slot = free.has(wanted) ? wanted : [...free].find((one) => one > wanted) ?? [...free][0];
    if (slot === undefined) return undefined;
    free.delete(slot);
    return { slot, colour: COLOURS[slot], symbol: SYMBOLS[slot] };
  });
}

/** By its implementation; a second series of one implementation, in another runtime or so, has a look of its own. */
export function looksOfSeries(series: readonly Pick<Series, "implementation" | "label">[]) {
  const seen = new Set<string>();
  return looksOf(series.map(({ implementation, label }) => {
    if (seen.has(implementation)) return label;
    seen.add(implementation);
    return implementation;
  }));
}

/** Classes of everything that belongs to a series; the scripts of a page look for them. */
export const classOf = (series: number): string => `series series-${series}`;

/** The property of a page that holds the colour of a look. */
export const colourName = (look: Look | undefined): string | undefined =>
  look && `series-${look.slot}`;

/** The look of each series that a plot names. */
export type Looks = ReadonlyMap<number, Look>;

export function looksIn(summary: Summary): Looks {
  const named = namedSeries(summary);
  const looks = looksOfSeries(named.map((one) => summary.series[one]));
  return new Map(named.flatMap((one, i) => looks[i] ? [[one, looks[i]]] : []));
}

/** Smaller from series to series, so that all points in one place (equal accuracies) can be seen. */
export const markerOf = ({ symbol, colour }: Look, place: number) =>
  ({ symbol, r: 6 - 2.5 * place, stroke: colour, fill: "white" }) as const;
