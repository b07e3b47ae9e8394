import * as Plot from "@observablehq/plot";
import type { ComparedCell, Comparison, SpeedVerdict } from "../format/comparison.ts";
import { ratioText } from "../report/comparison_words.ts";
import { formatCount } from "../report/numbers.ts";
import { logAxis, withRoom } from "../report/plots/axis.ts";
import { classOf, COLOURS } from "../report/plots/frame.ts";
import { svgOf } from "../report/plots/svg.ts";
import { fitting, widthOf } from "../report/plots/text_width.ts";

/** Verdicts differ in shape and in colour. `index` is that of the switch and of its colour; `glyph` shows the shape. */
export const VERDICT_LOOKS = {
  same: { index: 0, symbol: "square", glyph: "□" },
  slower: { index: 1, symbol: "times", glyph: "✗" },
  faster: { index: 2, symbol: "triangle", glyph: "△" },
  unresolved: { index: 3, symbol: "circle", glyph: "○" },
} as const satisfies Record<
  SpeedVerdict,
  { index: number; symbol: Plot.SymbolType; glyph: string }
>;

const WIDTH = 640;
const ROW = 20;
const TOP = 62;
const BOTTOM = 46;
const MARGIN_RIGHT = 20;
const WIDEST_NAME = 300;

/** A row for each cell: its ratio with the interval, and its verdict. Differences within the band do not count. */
export function ratioPlot({ cells, thresholdInForce }: Comparison): string {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  const rows = cells.map((one) => ({ ...one, row: rowOf(one, severalSeeds) }));
  const marginLeft = Math.min(WIDEST_NAME, 24 + Math.max(...rows.map(({ row }) => widthOf(row))));
  const near = [1 / (1 + thresholdInForce), 1 + thresholdInForce] as const;
  const axis = logAxis("", [
    ...cells.flatMap(({ ratio, interval }) => [ratio, ...interval]),
    ...near,
  ]);
  return svgOf({
    title: "Time per epoch in B / in A",
    width: WIDTH,
    height: TOP + ROW * rows.length + BOTTOM,
    margin: { top: TOP, right: MARGIN_RIGHT, bottom: BOTTOM, left: marginLeft },
    x: { type: "log", domain: [...axis.domain], axis: null },
    y: { type: "band", domain: rows.map(({ row }) => row), axis: null },
    marks: [
      Plot.rectX([near], {
        x1: ([low]: readonly [number, number]) => low,
        x2: ([, high]: readonly [number, number]) => high,
        fill: "#888",
        fillOpacity: 0.18,
        ariaDescription: "threshold",
      }),
      // With `tickFormat`, a logarithmic axis would drop some labels.
      Plot.axisX(withRoom(axis, WIDTH - marginLeft - MARGIN_RIGHT), {
        text: axis.format,
        label: null,
      }),
      Plot.text(["B / A (logarithmic) →"], { frameAnchor: "bottom-right", dy: 38 }),
      Plot.axisY({
        label: null,
        tickSize: 0,
        tickFormat: (row: string) => fitting(row, marginLeft - 16),
      }),
      Plot.text(["← B is faster"], { frameAnchor: "top-left", dy: 36 - TOP }),
      Plot.text(["B is slower →"], { frameAnchor: "top-right", dy: 36 - TOP }),
      Plot.ruleX([1], { stroke: "#888" }),
      ...Object.entries(VERDICT_LOOKS).flatMap(([verdict, { index, symbol }]) => {
        const colour = COLOURS[index];
        const of = rows.filter((one) => one.verdict === verdict);
        const className = classOf(index);
        return [
          Plot.ruleY(of, {
            y: "row",
            x1: ({ interval }: ComparedCell) => interval[0],
            x2: ({ interval }: ComparedCell) => interval[1],
            stroke: colour,
            strokeWidth: 1.5,
            className,
          }),
          Plot.dot(of, {
            y: "row",
            x: "ratio",
            r: 5,
            symbol,
            stroke: colour,
            strokeWidth: 1.8,
            fill: "white",
            className,
            ariaDescription: verdict,
            title: (one: (typeof rows)[number]) => `${one.row}\n${ratioText(one)}\n${verdict}`,
          }),
        ];
      }),
    ],
  });
}

const rowOf = ({ label, cell }: ComparedCell, severalSeeds: boolean): string =>
  `${label} · m = ${formatCount(cell.examples)}` + (severalSeeds ? ` · seed ${cell.seed}` : "");
