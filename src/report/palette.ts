import type { SpeedVerdict } from "../format/comparison.ts";

export interface Scheme {
  readonly text: string;
  /** Black or white, for text on a colour. */
  readonly ink: string;
  /** Background of the page and its plots. */
  readonly ground: string;
  /** The first is for the usual baseline: the farthest from every other. */
  readonly series: readonly string[];
  readonly verdicts: Readonly<Record<SpeedVerdict, string>>;
  /** Fields of a map of speedups. */
  readonly map: Readonly<Record<"faster" | "slower", string>>;
}

/**
 * Colours of series were found by annealing: the least distance in OKLab of any two, with normal vision and as three
 * colour deficiencies see them (Machado, Oliveira and Fernandes, IEEE TVCG 15, 2009, p. 1291), is as great as possible
 * while each has 3:1 on the ground (WCAG 1.4.11; 4.5:1 in the dark) and is farther from the first than from any other.
 */
export const LIGHT: Scheme = {
  text: "#1d2125",
  ink: "#000000",
  ground: "#ffffff",
  series: [
    "#000000",
    "#0546c3",
    "#793115",
    "#18a68c",
    "#9c4172",
    "#af8f20",
    "#1d7cbb",
    "#5c2878",
    "#7b6c0e",
  ],
  verdicts: { slower: "#b34700", faster: "#00694d", same: "#005a96", unresolved: "#8f3f70" },
  map: { faster: "#0072b2", slower: "#d55e00" },
};

export const DARK: Scheme = {
  text: "#dfe4ea",
  ink: "#ffffff",
  ground: "#15191e",
  series: [
    "#ffffff",
    "#5e8bdf",
    "#c36c57",
    "#3bad8f",
    "#ee83b9",
    "#d87f31",
    "#65aeec",
    "#ab6fb3",
    "#93bc75",
  ],
  verdicts: { slower: "#f08a4b", faster: "#2fc399", same: "#4ba6e0", unresolved: "#e39ac6" },
  map: { faster: "#4ba6e0", slower: "#f08a4b" },
};

/** The custom properties of a page, and the colours that they have in `scheme`. */
export const propertiesOf = (
  { series, verdicts, map }: Scheme,
): [name: string, colour: string][] => [
  ...series.map((colour, i): [string, string] => [`series-${i}`, colour]),
  ...Object.entries(verdicts),
  ...Object.entries(map).map(([name, colour]): [string, string] => [`map-${name}`, colour]),
];

type Rgb = readonly [number, number, number];

/** "#d55e00" → 213, 94, 0. */
function rgbOf(colour: string): Rgb {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, value >> 8 & 255, value & 255];
}

/** From 0 to 1: WCAG 2.2, "relative luminance". */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21: WCAG 2.2, "contrast ratio" of a colour on `below`, covered with `cover` at that opacity. */
export function contrast(colour: string, below: string, cover = below, opacity = 0): number {
  const [ground, over] = [rgbOf(below), rgbOf(cover)];
  const mixed: Rgb = [0, 1, 2].map((i) =>
    ground[i] + opacity * (over[i] - ground[i])
  ) as unknown as Rgb;
  const [less, more] = [luminance(rgbOf(colour)), luminance(mixed)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}
