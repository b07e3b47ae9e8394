export interface Scheme {
  readonly text: string;
  /** Black or white, for text on a colour. */
  readonly ink: string;
  /** Background of the page and its plots. */
  readonly ground: string;
  /** Series after the last colour begin with the first again. */
  readonly series: readonly string[];
}

/**
 * Okabe and Ito's colours, which colour-blind readers can distinguish, without yellow and with a darker orange and sky blue,
 * because WCAG 1.4.11 demands a contrast of 3:1 on white. The last two are Tol's wine and a darker olive.
 */
export const LIGHT: Scheme = {
  text: "#1d2125",
  ink: "#000000",
  ground: "#ffffff",
  series: [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#b87a00",
    "#2f93d1",
    "#000000",
    "#882255",
    "#6b6b00",
  ],
};

export const DARK: Scheme = {
  text: "#dfe4ea",
  ink: "#ffffff",
  ground: "#15191e",
  series: [
    "#4ba6e0",
    "#f08a4b",
    "#2fc399",
    "#e39ac6",
    "#f2b544",
    "#8bcdf5",
    "#eeeeee",
    "#d07aa8",
    "#c3c34d",
  ],
};

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
