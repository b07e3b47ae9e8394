import { wrap } from "../base/wrap.ts";

export interface Style {
  readonly width: number;
  readonly color: boolean;
}

const CODES = {
  bold: "1",
  dim: "2",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
} as const;

export type Paint = keyof typeof CODES;

/** Colours of the series, in their order; markers tell them apart where there is no colour. */
const SERIES_PAINTS: readonly Paint[] = ["blue", "yellow", "green", "magenta", "cyan", "red"];
const SERIES_MARKERS = ["●", "▲", "■", "◆", "○", "△", "□", "◇"];

/** Wraps text in an ANSI escape sequence, where the terminal shows them. */
export function paint(kind: Paint, text: string, style: Style): string {
  return style.color ? `\x1b[${CODES[kind]}m${text}\x1b[0m` : text;
}

/** A text as lines no wider than the terminal; all but the first start with `indent`. */
export const wrapped = (text: string, style: Style, kind?: Paint, indent = ""): string[] =>
  wrap(text, style.width, indent).map((line) => kind ? paint(kind, line, style) : line);

/** Sections with an empty line between them; those without a line are left out. */
export const joinSections = (sections: readonly (readonly string[])[]): string =>
  sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n")).join("\n\n");

/** A text in the colour of a series. */
export const paintSeries = (series: number, text: string, style: Style): string =>
  paint(SERIES_PAINTS[series % SERIES_PAINTS.length], text, style);

export const markerOfSeries = (series: number): string =>
  SERIES_MARKERS[series % SERIES_MARKERS.length];
