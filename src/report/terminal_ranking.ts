import type { CellSummary, Predicted, Summary } from "../format/summary.ts";
import { NONE } from "./grid.ts";
import { choiceKey } from "../summary/axes.ts";
import { totalOf } from "../summary/total_time.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRatio,
  listed,
} from "./numbers.ts";
import { isResolved, markedTime } from "./noise_words.ts";
import { answerSize, choicesBySetting, labelWithSame } from "./select.ts";
import { indented, paint, type Style, wrapped } from "./terminal_style.ts";
import { widthsOf } from "./text_table.ts";
import { isNear, isProven, isUndecided } from "./verdict_words.ts";

/** More programs than these are counted, not listed; `--verbose` has them all. */
const MOST_ROWS = 12;
/** Fewer characters of "what it is" say nothing. */
const LEAST_WORDS = 16;

/** The columns of figures. Where not all fit, the last of `SPARED` is left out first. */
const COLUMNS = ["total", "per epoch", "speed", "set-up", "accuracy"] as const;
type Column = typeof COLUMNS[number];
const SPARED: readonly Column[] = ["set-up", "accuracy"];

interface Row {
  /** Equal for programs that may be chosen between. */
  readonly setting: string;
  readonly mark: string;
  readonly label: string;
  /** With the programs that ran the same code, where there is room. */
  readonly fullLabel: string;
  /** These programs. */
  readonly sameCode: readonly string[];
  /** Set-up and the epochs of the plan: the order of the rows. */
  readonly totalNs: number;
  readonly figures: Readonly<Record<Column, string>>;
  /** After the last epoch; absent where it is predicted. */
  readonly testAccuracy?: number;
  readonly what: string;
}

/** One table: all programs at the largest m that gives a choice, the one that takes least in all first. */
export function rankingLines(summary: Summary, style: Style): string[] {
  const rows = rowsOf(summary);
  if (rows.length === 0) return [];
  const shown = shownOf(rows);
  const size = `m = ${formatCount(answerSize(summary))}`;
  const heads: Record<Column, string> = {
    total: counted(summary.plan.epochs, "epoch"),
    "per epoch": "per epoch",
    speed: `× ${summary.plan.baseline}`,
    "set-up": "set-up",
    accuracy: "accuracy",
  };
  const laidOut = (columns: readonly Column[], names: readonly string[]) => {
    const label = Math.max(size.length - 2, ...names.map((name) => name.length));
    const textsOf = (of: Row["figures"]) => columns.map((column) => of[column]);
    const [head, figures] = [textsOf(heads), shown.map((row) => textsOf(row.figures))];
    const widths = widthsOf([head, ...figures]);
    const left = style.width - 2 - label - widths.reduce((sum, width) => sum + 2 + width, 0);
    return { columns, head, figures, widths, left, names, label };
  };
  const short = shown.map((row) => row.label);
  const layouts = [
    laidOut(COLUMNS, shown.map((row) => row.fullLabel)),
    ...[0, 1, 2].map((spared) => {
      const without = SPARED.slice(SPARED.length - spared);
      return laidOut(COLUMNS.filter((column) => !without.includes(column)), short);
    }),
  ];
  const fitting = layouts.find(({ left }) => left >= 0);
  const isNarrow = fitting === undefined;
  const { columns, head, figures, widths, names, label } = fitting ?? layouts[0];
  const left = fitting === undefined ? 0 : fitting.left - 2;
  const isWide = left >= LEAST_WORDS && shown.some(({ what }) => what !== "");
  const lineOf = (texts: readonly string[]) =>
    texts.map((text, i) => `  ${text.padStart(widths[i])}`).join("");
  return [
    isNarrow
      ? paint("dim", size, style)
      : paint("dim", size.padEnd(2 + label) + lineOf(head) + (isWide ? "  what it is" : ""), style),
    ...(isNarrow ? indented(head.join(" · "), style, "dim") : []),
    ...shown.flatMap(({ mark, what }, i) => {
      const kind = mark === "✓" ? "green" : mark === "✗" ? "red" : undefined;
      const coloured = kind ? paint(kind, mark, style) : mark;
      return isNarrow
        ? [
          ...(mark === " "
            ? indented(names[i], style)
            : wrapped(`${coloured} ${names[i]}`, style, undefined, "  ")),
          ...indented(figures[i].join(" · "), style),
        ]
        : [
          `${coloured} ${names[i].padEnd(label)}${lineOf(figures[i])}` +
          (isWide ? `  ${shortened(what, left)}` : ""),
        ].map((line) => line.trimEnd());
    }),
    ...(rows.length > shown.length
      ? [paint("dim", `  … and ${rows.length - shown.length} more with --verbose`, style)]
      : []),
    ...legend(rows, [
      ...(columns.includes("accuracy") ? [] : rangeOfAccuracy(rows)),
      ...(names === short ? sameCodeTexts(shown) : []),
    ], style),
  ];
}

/** The first rows; of several settings as many each, because times of other networks are no ranking. */
function shownOf(rows: readonly Row[]): Row[] {
  const settings = [...Map.groupBy(rows, ({ setting }) => setting).values()];
  const each = Math.max(1, Math.floor(MOST_ROWS / settings.length));
  return settings.flatMap((of) => of.slice(0, each)).slice(0, MOST_ROWS);
}

function rowsOf(summary: Summary): Row[] {
  const { cells, predicted, series, plan } = summary;
  const size = answerSize(summary);
  const last = choicesBySetting(summary).flatMap((choices) =>
    choices.filter(({ examples }) => examples === size)
  );
  const sure = new Set(
    last.filter((one) => one.rivals.length === 0 || isProven(one)).map((one) => one.series),
  );
  const open = new Set(last.filter(isUndecided).map((choice) => choice.series));
  const chosen = new Set(last.map((choice) => choice.series)).difference(open);
  const tied = new Set([
    ...open,
    ...last.flatMap(({ rivals }) => rivals.filter(isNear).map((rival) => rival.series)),
  ]);
  const here = <T extends Pick<CellSummary, "cell">>(all: readonly T[]) =>
    all.filter(({ cell }) => cell.examples === size && cell.seed === plan.seeds[0]);
  const markOf = (place: number, isWrong: boolean) =>
    isWrong ? "✗" : chosen.has(place) ? sure.has(place) ? "✓" : "≈" : tied.has(place) ? "=" : " ";
  const rows = [
    ...here(cells).map((one) => ({
      mark: markOf(one.series, one.verdict === "wrong"),
      label: series[one.series].label,
      setting: choiceKey(series[one.series]),
      fullLabel: labelWithSame(summary, one.series),
      sameCode: series[one.series].sameCode ?? [],
      totalNs: totalOf(one, plan.epochs).totalNs,
      figures: figuresOf(one, plan.epochs),
      testAccuracy: one.testAccuracy,
      what: series[one.series].summary ?? "",
    })),
    ...here(predicted).map((one) => ({
      mark: " ",
      label: series[one.series].label,
      setting: choiceKey(series[one.series]),
      fullLabel: labelWithSame(summary, one.series),
      sameCode: series[one.series].sameCode ?? [],
      totalNs: totalOf(one, plan.epochs).totalNs,
      figures: predictedFigures(one, summary),
      what: series[one.series].summary ?? "",
    })),
  ].sort((a, b) => a.totalNs - b.totalNs);
  const order = [...new Set(series.map(choiceKey))];
  return order.flatMap((setting) => {
    const own = rows.filter((row) => row.setting === setting);
    // What is tied with the choice comes after it, though by chance it took a little less.
    const from = own.findIndex(({ mark }) => mark === "=");
    const place = own.findIndex(({ mark }) => mark === "✓");
    if (from >= 0 && from < place) own.splice(from, 0, ...own.splice(place, 1));
    return own;
  });
}

function figuresOf(cell: CellSummary, epochs: number): Row["figures"] {
  const { speedup, predictedSpeedup, openNs, testAccuracy } = cell;
  const total = formatDuration(totalOf(cell, epochs).totalNs);
  return {
    total: markedTime(cell, total),
    "per epoch": timeText(cell),
    speed: speedup
      ? (isResolved(cell) ? "" : "≈ ") + speedText(speedup.value)
      : predictedSpeedup
      ? `(${formatRatio(predictedSpeedup)})`
      : NONE,
    "set-up": openNs === undefined ? NONE : formatDuration(openNs),
    accuracy: formatPercent(testAccuracy),
  };
}

/** "7.42 ×"; of much less than 1, "1/36.0 ×", which needs no inverting. */
const speedText = (speed: number): string =>
  speed < 0.1 ? `1/${formatRatio(1 / speed)}` : formatRatio(speed);

/** "61.2 ms ± 3 %"; without a share where the interval says next to nothing. */
function timeText({ nsPerEpoch: { value, low, high }, marks }: CellSummary): string {
  const time = formatDuration(value);
  if (marks.length > 0) return `≈ ${time}`;
  const half = Math.max(high / value, value / low) - 1;
  return half > 0 ? `${time} ± ${formatNumber(Math.max(100 * half, 0.1), 1)} %` : time;
}

function predictedFigures(one: Predicted, { plan }: Summary): Row["figures"] {
  const isBaseline = one.cell.implementation === plan.baseline;
  return {
    total: `(${formatDuration(totalOf(one, plan.epochs).totalNs)})`,
    "per epoch": `(${formatDuration(one.nsPerEpoch.value)})`,
    speed: isBaseline ? formatRatio(1) : NONE,
    "set-up": NONE,
    accuracy: NONE,
  };
}

/** "test accuracy 92.11 % to 93.34 %", where no column has it. */
function rangeOfAccuracy(rows: readonly Row[]): string[] {
  const known = rows.flatMap(({ testAccuracy = [] }) => testAccuracy);
  if (known.length === 0) return [];
  const [low, high] = [Math.min(...known), Math.max(...known)].map((one) => formatPercent(one));
  return [`test accuracy ${low === high ? low : `${low} to ${high}`}`];
}

/** "wasm_sparse also stands for wasm_threads", where labels have no room for it. */
const sameCodeTexts = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ label, sameCode }) =>
    sameCode.length === 0 ? [] : [`${label} also stands for ${listed(sameCode)}`]
  );

/** What the signs of this table mean, and what it has no column for. */
function legend(rows: readonly Row[], others: readonly string[], style: Style): string[] {
  const has = (sign: string) =>
    rows.some(({ figures }) => Object.values(figures).some((one) => one.includes(sign)));
  const parts = [
    ...(rows.some(({ mark }) => mark === "=")
      ? [rows.some(({ mark }) => mark === "✓") ? "= tied with ✓" : "= tied"]
      : []),
    ...(has("≈") ? ["≈ uncertain"] : []),
    ...(has("(") ? ["( ) predicted from smaller m"] : []),
    ...others,
  ];
  return parts.length === 0 ? [] : indented(parts.join(" · "), style, "dim");
}

/** As many whole words as fit, and "…" for the others. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const cut = text.slice(0, width - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 1)).replace(/[\s,:;(]+$/, "")}…`;
}
