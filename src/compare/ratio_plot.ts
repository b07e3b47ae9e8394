import * as Plot from "@observablehq/plot";
import type { ComparedCell, Comparison, SpeedVerdict } from "../format/comparison.ts";
import { ratioText } from "../report/comparison_words.ts";
import { formatCount } from "../report/numbers.ts";
import { LIGHT } from "../report/palette.ts";
import { logAxis, withRoom } from "../report/plots/axis.ts";
import type { Room } from "../report/plots/frame.ts";
import { classOf } from "../report/plots/looks.ts";
import { LEFT, svgOf } from "../report/plots/svg.ts";
import { fitting, widestOf } from "../report/plots/text_width.ts";

/** Verdicts differ in shape and in colour. `index` is that of the switch; `glyph` shows the shape. */
export const VERDICT_LOOKS = {
  same: { index: 0, symbol: "square", glyph: "□" },
  slower: { index: 1, symbol: "times", glyph: "✗" },
  faster: { index: 2, symbol: "triangle", glyph: "△" },
  unresolved: { index: 3, symbol: "circle", glyph: "○" },
} as const satisfies Record<
  SpeedVerdict,
  { index: number; symbol: Plot.SymbolType; glyph: string }
>;

/** `names`: the widest name beside its row; on a phone names stand above the rows. */
const SIZES = {
  column: { width: 1000, row: 20, names: 300 },
  phone: { width: 340, row: 34, names: 0 },
} as const;
const [TOP, BOTTOM, RIGHT] = [62, 46, 20];

/** A row for each cell: its ratio with the interval, and its verdict. Differences within the band do not count. */
export function ratioPlot({ cells, thresholdInForce }: Comparison, room: Room = "column"): string {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  const { width, row: height, names } = SIZES[room];
  const near = [1 / (1 + thresholdInForce), 1 + thresholdInForce] as const;
  const axis = logAxis(
    "",
    [...cells.map(({ ratio }) => ratio), ...near],
    cells.flatMap(({ interval }) => interval).filter((end) => end > 0),
  );
  const [from, to] = axis.domain;
  const within = (value: number) => Math.min(to, Math.max(from, value));
  const rows = cells.toSorted(byVerdict).map((one) => {
    const [low, high] = one.interval;
    return { ...one, row: rowOf(one, severalSeeds), low, high };
  });
  const widest = Math.min(names, widestOf(rows.map(({ row }) => row)));
  const marginLeft = LEFT + (names > 0 ? widest + 10 : 4);
  const drop = names > 0 ? 0 : 8;
  return svgOf({
    title: "Time per epoch in B / in A",
    width,
    height: TOP + height * rows.length + BOTTOM,
    margin: { top: TOP, right: RIGHT, bottom: BOTTOM, left: marginLeft },
    x: { type: "log", domain: [from, to], axis: null },
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
      Plot.axisX(withRoom(axis, width - marginLeft - RIGHT), {
        text: axis.format,
        label: null,
      }),
      Plot.text(["B / A (logarithmic) →"], { frameAnchor: "bottom-right", dy: 38 }),
      Plot.text(rows, {
        y: "row",
        frameAnchor: "left",
        textAnchor: "start",
        dx: LEFT - marginLeft,
        dy: names > 0 ? 0 : -8,
        text: ({ row }: (typeof rows)[number]) =>
          fitting(row, names > 0 ? widest + 4 : width - 2 * LEFT),
        stroke: "white",
        strokeWidth: 3,
        fill: "currentColor",
        ariaDescription: "name",
      }),
      Plot.text(["← B is faster"], { frameAnchor: "top-left", dy: 36 - TOP }),
      Plot.text(["B is slower →"], { frameAnchor: "top-right", dy: 36 - TOP }),
      Plot.ruleX([1], { stroke: "#888" }),
      ...Object.entries(VERDICT_LOOKS).flatMap(([verdict, { index, symbol }]) => {
        const colour = LIGHT.verdicts[verdict as SpeedVerdict];
        const of = rows.filter((one) => one.verdict === verdict);
        const className = classOf(index);
        const arrow = {
          y: "row",
          r: 4,
          symbol: "triangle",
          fill: colour,
          ariaDescription: "arrow",
          className,
          dy: drop,
        } as const;
        return [
          Plot.ruleY(of, {
            y: "row",
            x1: ({ low }: (typeof rows)[number]) => within(low),
            x2: ({ high }: (typeof rows)[number]) => within(high),
            stroke: colour,
            strokeWidth: 1.5,
            className,
            dy: drop,
          }),
          // An interval that leaves the axis goes on beyond it.
          Plot.dot(of.filter(({ low }) => low < from), { ...arrow, x: () => from, rotate: -90 }),
          Plot.dot(of.filter(({ high }) => high > to), { ...arrow, x: () => to, rotate: 90 }),
          Plot.dot(of, {
            y: "row",
            x: "ratio",
            r: 5,
            symbol,
            stroke: colour,
            strokeWidth: 1.8,
            fill: "white",
            className,
            dy: drop,
            ariaDescription: verdict,
            title: (one: (typeof rows)[number]) => `${one.row}\n${ratioText(one)}\n${verdict}`,
          }),
        ];
      }),
    ],
  });
}

/** What changed stands first, the greatest change of each kind above the others. */
const ORDER: readonly SpeedVerdict[] = ["slower", "faster", "unresolved", "same"];

const byVerdict = (a: ComparedCell, b: ComparedCell): number =>
  ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
  (isChanged(a) ? Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)) : 0);

const isChanged = ({ verdict }: ComparedCell): boolean =>
  verdict === "slower" || verdict === "faster";

const rowOf = ({ label, cell }: ComparedCell, severalSeeds: boolean): string =>
  `${label} · m = ${formatCount(cell.examples)}` + (severalSeeds ? ` · seed ${cell.seed}` : "");
