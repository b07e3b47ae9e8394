import * as Plot from "@observablehq/plot";
import type { Predicted, Summary } from "../../format/summary.ts";
import { formatCount, formatDuration, formatInterval, formatRatio } from "../numbers.ts";
import { choiceKey } from "../../summary/axes.ts";
import { answerSize, chosenSeries, labelInSetting } from "../select.ts";
import { settingText } from "../verdict_words.ts";
import { durationAxis, withRoom } from "./axis.ts";
import type { PlotKind, Room } from "./frame.ts";
import { classOf, looksIn } from "./looks.ts";
import { besideFrame, LEFT, svgOf } from "./svg.ts";
import { fitting, widestOf } from "./text_width.ts";

/** Rows beyond this are in the tables. */
const MOST_ROWS = 16;

interface Column {
  readonly title: string;
  /** Its right edge, in px from the right edge of the plot. */
  readonly right: number;
  readonly text: (row: Row) => string;
}

const TIME: Column = {
  title: "time",
  right: 0,
  text: (row) => marked(row, formatDuration(row.value)),
};
const SLOWER: Column = {
  title: "slower",
  right: 0,
  text: (row) => marked(row, formatRatio(row.slowdown)),
};
const COLUMNS: Readonly<Record<Room, readonly Column[]>> = {
  column: [
    { ...TIME, right: 300 },
    { ...SLOWER, right: 230 },
    {
      title: "set-up",
      right: 154,
      text: ({ openNs }) => openNs === undefined ? "–" : formatDuration(openNs),
    },
    { title: "precision", right: 82, text: ({ precision }) => precision },
    { title: "threads", right: 14, text: ({ threads }) => String(threads) },
  ],
  phone: [{ ...TIME, right: 72 }, { ...SLOWER, right: 6 }],
};
/** `names`: the widest name beside its row; on a phone names stand above the rows. */
const SIZES = {
  column: { width: 790, row: 28, names: 230, right: 376 },
  phone: { width: 340, row: 40, names: 0, right: 148 },
} as const;
const [TOP, BOTTOM] = [66, 40];

type Row = ReturnType<typeof rowsOf>[number];

/**
 * The cells of the first setting and seed at the size of the answer, measured or predicted: the fastest first, wrong ones
 * last, the choice and the baseline always.
 */
function rowsOf(summary: Summary, most = MOST_ROWS) {
  const { series, plan, cells } = summary;
  if (cells.length === 0) return [];
  const [chosen, size] = [chosenSeries(summary), answerSize(summary)];
  const setting = choiceKey(series[chosen ?? 0]);
  const isHere = ({ cell, series: place }: Predicted) =>
    cell.examples === size && cell.seed === plan.seeds[0] && choiceKey(series[place]) === setting;
  const measured = cells.filter(isHere);
  const fastest = Math.min(
    ...measured.map(({ nsPerEpoch, slowdown }) => nsPerEpoch.value / slowdown),
  );
  const common = ({ cell, series: place, nsPerEpoch }: Predicted) => ({
    key: String(place),
    series: place,
    label: labelInSetting(summary, place),
    ...nsPerEpoch,
    slowdown: nsPerEpoch.value / fastest,
    precision: cell.precision,
    isChosen: place === chosen,
    isBaseline: cell.implementation === plan.baseline,
  });
  const all = [
    ...measured.map((cell) => ({
      ...common(cell),
      openNs: cell.openNs,
      threads: cell.threadsUsed ?? cell.cell.threads,
      isWrong: cell.verdict === "wrong",
      isPredicted: false,
      isImprecise: cell.marks.length > 0,
    })),
    ...summary.predicted.filter(isHere).map((cell) => ({
      ...common(cell),
      openNs: undefined,
      threads: cell.cell.threads,
      isWrong: false,
      isPredicted: true,
      isImprecise: false,
    })),
  ].sort((a, b) => Number(a.isWrong) - Number(b.isWrong) || a.value - b.value);
  return all.filter((row, i) => i < most || row.isChosen || row.isBaseline);
}

/** Brackets around what was not measured, "≈" before what is known to a factor of 2 at best. */
const marked = ({ isPredicted, isImprecise }: Row, text: string): string =>
  isPredicted ? `(${text})` : isImprecise ? `≈ ${text}` : text;

export const rankingPlot: PlotKind = {
  name: "ranking",
  size: "first",
  isForPhones: true,
  caption: (summary) => {
    const rows = rowsOf(summary);
    const left = rowsOf(summary, Infinity).length - rows.length;
    return [
      "Every program, the fastest first. A bar is the 95 % interval; the filled marker is the choice.",
      ...(rows.findIndex(({ isChosen }) => isChosen) > 0
        ? ["For the choice, set-up counts, too."]
        : []),
      ...(rows.some(({ isPredicted }) => isPredicted)
        ? ["Brackets: predicted by the scaling law, not measured."]
        : []),
      ...(rows.some(({ isImprecise }) => isImprecise)
        ? ["≈: known to a factor of 2 at best."]
        : []),
      ...(left > 0 ? [`${formatCount(left)} slower ones are in the tables.`] : []),
    ].join(" ");
  },
  draw(summary, _, room = "column") {
    const rows = rowsOf(summary);
    if (rows.length === 0) return undefined;
    const { width, row, names, right } = SIZES[room];
    const looks = looksIn(summary);
    const widest = Math.min(names, widestOf(rows.map(({ label }) => label)));
    const margin = { top: TOP, right, bottom: BOTTOM, left: LEFT + (names > 0 ? widest + 12 : 4) };
    const axis = durationAxis(
      "",
      rows.map(({ value }) => value),
      rows.flatMap(({ low, high }) => [low, high]).filter((end) => end > 0),
    );
    const [from, to] = axis.domain;
    const frameWidth = width - margin.left - right;
    const drop = room === "phone" ? 9 : 0;
    const { batchSizes } = summary.plan;
    const setting = settingText(rows[0].series, summary);
    const where = [
      `m = ${formatCount(answerSize(summary))}`,
      ...(room === "column" && batchSizes.length === 1 ? [`B = ${batchSizes[0]}`] : []),
      ...(setting === "" ? [] : [setting]),
    ].join(", ");
    const within = (value: number) => Math.min(to, Math.max(from, value));
    return svgOf({
      // On a phone, the axis below says what it is: a title that is cut would lose m.
      title: room === "phone" && setting !== "" ? `At ${where}` : `Time per epoch at ${where}`,
      width,
      height: TOP + row * rows.length + BOTTOM,
      margin,
      x: { type: "log", domain: [from, to], label: null, axis: null },
      y: { type: "band", domain: rows.map(({ key }) => key), axis: null, label: null },
      marks: [
        Plot.gridX(withRoom(axis, frameWidth)),
        Plot.axisX(withRoom(axis, frameWidth), { text: axis.format, label: null }),
        Plot.text(["time per epoch, logarithmic →"], {
          frameAnchor: "bottom-right",
          dy: 34,
          fontSize: 11,
        }),
        ...COLUMNS[room].map(({ title, right: edge }) =>
          Plot.text([title], {
            ...besideFrame(margin, TOP - 18),
            frameAnchor: "top-right",
            textAnchor: "end",
            dx: right - edge,
            fill: "#555",
          })
        ),
        ...rows.flatMap((one) => rowMarks(one)),
      ],
    });

    function rowMarks(one: Row): Plot.Markish[] {
      const { series, label, value, low, high, isChosen, isPredicted } = one;
      const className = classOf(series);
      const look = looks.get(series);
      const colour = look?.colour ?? "#888";
      const common = { y: "key", className };
      const written = {
        ...common,
        ...(isChosen && { fontWeight: "bold" }),
      } as const;
      const bar = { ...one, low: within(low), high: within(high) };
      const arrow = { ...common, r: 4, fill: colour, ariaDescription: "arrow", dy: drop } as const;
      return [
        Plot.text([one], {
          ...written,
          text: () => fitting(label, names > 0 ? widest + 4 : width - 2 * LEFT),
          frameAnchor: "left",
          textAnchor: "start",
          dx: LEFT - margin.left,
          dy: names > 0 ? 0 : -9,
          ariaDescription: "name",
        }),
        Plot.ruleY(low < high ? [bar] : [], {
          ...common,
          x1: "low",
          x2: "high",
          stroke: colour,
          strokeWidth: 2,
          dy: drop,
        }),
        Plot.dot(low < from ? [bar] : [], { ...arrow, x: "low", symbol: "triangle", rotate: -90 }),
        Plot.dot(high > to ? [bar] : [], { ...arrow, x: "high", symbol: "triangle", rotate: 90 }),
        Plot.dot([one], {
          ...common,
          x: "value",
          r: 5.5,
          symbol: look?.symbol ?? "circle",
          stroke: colour,
          strokeWidth: 2,
          fill: isChosen ? colour : "white",
          ...(isPredicted && { strokeDasharray: "2 2" }),
          dy: drop,
          ariaDescription: label,
          title: () =>
            `${label}\ntime per epoch${isPredicted ? ", predicted" : ""}: ` +
            formatInterval({ value, low, high }, formatDuration),
        }),
        ...COLUMNS[room].map((column) =>
          Plot.text([one], {
            ...written,
            text: () => column.text(one),
            frameAnchor: "right",
            textAnchor: "end",
            dx: right - column.right,
            dy: drop,
            ariaDescription: column.title,
          })
        ),
      ];
    }
  },
};
