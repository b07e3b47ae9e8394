import * as Plot from "@observablehq/plot";
import { formatCount, formatRatio } from "../numbers.ts";
import { markedSpeedup } from "../noise_words.ts";
import { linesOf, sizesOf } from "../select.ts";
import { contrast, DARK, LIGHT } from "../palette.ts";
import type { PlotKind } from "./frame.ts";
import { classOf } from "./looks.ts";
import { besideFrame, LEFT, svgOf } from "./svg.ts";
import { fitting, widestOf } from "./text_width.ts";

const ROW = 30;
const WIDTH = 600;
const TOP = 70;
const WIDEST_NAME = 220;
const PLACE = { x: "size", y: "label" };

/** Blue for faster, orange for slower, stronger the farther from 1; 1 is the ground. */
const sideOf = (ratio: number) => ratio >= 1 ? "faster" : "slower";
/** From this factor on the colour is full. */
const FULL = Math.log(100);

export const speedupMap: PlotKind = {
  name: "speedup_map",
  caption:
    "Speedup over the baseline, series by size: blue is faster, orange is slower; ≈ marks speedups that are " +
    "too close to call.",
  draw(summary) {
    const cells = linesOf(summary).flatMap(({ label, series, cells }) =>
      cells.flatMap((cell) => {
        const text = markedSpeedup(cell, ({ value }) => formatRatio(value));
        if (text === undefined) return [];
        const size = formatCount(cell.cell.examples);
        return [{ label, series, size, ratio: cell.speedup!.value, text }];
      })
    );
    type Shown = (typeof cells)[number];
    const labels = [...new Set(cells.map(({ label }) => label))];
    if (labels.length < 2) return undefined;
    const marginLeft = Math.min(WIDEST_NAME, 20 + widestOf(labels));
    const margin = { top: TOP, right: 20, bottom: 12, left: marginLeft };
    return svgOf({
      title: `Speedup over ${summary.plan.baseline}, by size`,
      width: WIDTH,
      height: TOP + ROW * labels.length + 12,
      margin,
      x: { type: "band", domain: sizesOf(summary).map(formatCount), axis: null, padding: 0.04 },
      y: { type: "band", domain: labels, axis: null, padding: 0.08 },
      marks: [
        Plot.axisX({ anchor: "top", label: null, tickSize: 0 }),
        Plot.axisY({
          label: null,
          tickSize: 0,
          tickFormat: (label: string) => fitting(label, marginLeft - LEFT),
        }),
        Plot.text(["training examples m →"], {
          ...besideFrame(margin, 34),
          frameAnchor: "top-right",
          dx: 0,
        }),
        ...[...Map.groupBy(cells, ({ series }) => series)].flatMap(([series, ofSeries]) => {
          const className = classOf(series);
          return [
            Plot.cell(ofSeries, {
              ...PLACE,
              fill: ({ ratio }: Shown) => LIGHT.map[sideOf(ratio)],
              fillOpacity: ({ ratio }: Shown) => strengthOf(ratio),
              title: ({ label, size, text }: Shown) => `${label}\nm: ${size}\n${text}`,
              className,
            }),
            Plot.text(ofSeries, {
              ...PLACE,
              text: "text",
              fill: ({ ratio }: Shown) => inkOf(ratio),
              className,
            }),
          ];
        }),
      ],
    });
  },
};

/** From 0 at ratio 1 to 1; rounded, so that it is the same number in every engine. */
const strengthOf = (ratio: number): number =>
  Math.round(100 * Math.min(1, Math.abs(Math.log(ratio)) / FULL)) / 100;

/** Colours of the text in a field. A page swaps the first two in the dark, so they differ a little from the others. */
export const INKS = {
  turning: "#010101",
  turned: "#fefefe",
  black: "#000",
  white: "#fff",
} as const;

/** WCAG 2.2, 1.4.3. */
const ENOUGH = 4.5;

/** The first ink that is readable on a field with this speedup, in both colour schemes. */
export function inkOf(ratio: number): string {
  const side = sideOf(ratio);
  const strength = strengthOf(ratio);
  const isRead = (light: string, dark: string) =>
    contrast(light, LIGHT.ground, LIGHT.map[side], strength) >= ENOUGH &&
    contrast(dark, DARK.ground, DARK.map[side], strength) >= ENOUGH;
  if (isRead(INKS.turning, DARK.ink)) return INKS.turning;
  if (isRead(INKS.turned, LIGHT.ink)) return INKS.turned;
  return isRead("#000000", "#000000") ? INKS.black : INKS.white;
}
