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
  grey: "90",
  lightBlue: "94",
} as const;

export type Paint = keyof typeof CODES;

/** Colours and markers of the lines of a plot, in their order: a colour and a marker for each, none twice. */
const SERIES_PAINTS: readonly Paint[] = [
  "blue",
  "yellow",
  "green",
  "magenta",
  "cyan",
  "red",
  "grey",
  "lightBlue",
];
const SERIES_MARKERS = ["●", "▲", "■", "◆", "○", "△", "□", "◇"];

/** A plot has no more lines than there are markers. */
export const MOST_LINES = SERIES_MARKERS.length;

/** Wraps text in an ANSI escape sequence, where the terminal shows them. */
export function paint(kind: Paint, text: string, style: Style): string {
  return style.color ? `\x1b[${CODES[kind]}m${text}\x1b[0m` : text;
}

/** A text as lines no wider than the terminal; all but the first start with `indent`. */
export const wrapped = (text: string, style: Style, kind?: Paint, indent = ""): string[] =>
  wrap(text, style.width, indent).map((line) => kind ? paint(kind, line, style) : line);

/** The same, every line under the first character of a headline with a mark. */
export const indented = (text: string, style: Style, kind?: Paint): string[] =>
  wrapped(text, { ...style, width: style.width - 2 }, kind).map((line) => `  ${line}`);

/** Sections with an empty line between them; those without a line are left out. */
export const joinSections = (sections: readonly (readonly string[])[]): string =>
  sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n")).join("\n\n");

/** A text in the colour of a line of a plot. */
export const paintLine = (place: number, text: string, style: Style): string =>
  paint(SERIES_PAINTS[place], text, style);

export const markerOfLine = (place: number): string => SERIES_MARKERS[place];
