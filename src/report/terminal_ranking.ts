import type { CellSummary, Predicted, Summary } from "../format/summary.ts";
import { NONE } from "./grid.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./numbers.ts";
import { isResolved } from "./noise_words.ts";
import { answerSize, choicesBySetting } from "./select.ts";
import { indented, paint, type Style, wrapped } from "./terminal_style.ts";
import { widthsOf } from "./text_table.ts";
import { isNear, isProven, isUndecided } from "./verdict_words.ts";

/** More programs than these are counted, not listed; `--verbose` has them all. */
const MOST_ROWS = 12;
/** Fewer characters of "what it is" say nothing. */
const LEAST_WORDS = 16;

interface Row {
  readonly mark: string;
  readonly label: string;
  readonly ns: number;
  readonly figures: readonly string[];
  readonly what: string;
}

/** One table: all programs at the largest m that gives a choice, the fastest first. */
export function rankingLines(summary: Summary, style: Style): string[] {
  const rows = rowsOf(summary);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const size = `m = ${formatCount(answerSize(summary))}`;
  const head = ["per epoch", `× ${summary.plan.baseline}`, "set-up", "accuracy"];
  const widths = widthsOf([head, ...shown.map(({ figures }) => figures)]);
  const label = Math.max(size.length - 2, ...shown.map((row) => row.label.length));
  const figuresWidth = widths.reduce((sum, width) => sum + 2 + width, 0);
  const isNarrow = 2 + label + figuresWidth > style.width;
  const left = style.width - 2 - label - figuresWidth - 2;
  const isWide = !isNarrow && left >= LEAST_WORDS;
  const lineOf = (figures: readonly string[]) =>
    figures.map((text, i) => `  ${text.padStart(widths[i])}`).join("");
  return [
    isNarrow
      ? paint("dim", size, style)
      : paint("dim", size.padEnd(2 + label) + lineOf(head) + (isWide ? "  what it is" : ""), style),
    ...(isNarrow ? indented(head.join(" · "), style, "dim") : []),
    ...shown.flatMap(({ mark, label: name, figures, what }) => {
      const kind = mark === "✓" ? "green" : mark === "✗" ? "red" : undefined;
      const coloured = kind ? paint(kind, mark, style) : mark;
      return isNarrow
        ? [
          ...wrapped(`${coloured} ${name}`, style, undefined, "  "),
          ...indented(figures.join(" · "), style),
        ]
        : [
          `${coloured} ${name.padEnd(label)}${lineOf(figures)}` +
          (isWide ? `  ${shortened(what, left)}` : ""),
        ].map((line) => line.trimEnd());
    }),
    ...(rows.length > shown.length
      ? [paint("dim", `  … and ${rows.length - shown.length} more with --verbose`, style)]
      : []),
    ...legend(rows, style),
  ];
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
  return [
    ...here(cells).map((one) => ({
      mark: markOf(one.series, one.verdict === "wrong"),
      label: series[one.series].label,
      ns: one.nsPerEpoch.value,
      figures: figuresOf(one),
      what: series[one.series].summary ?? "",
    })),
    ...here(predicted).map((one) => ({
      mark: " ",
      label: series[one.series].label,
      ns: one.nsPerEpoch.value,
      figures: predictedFigures(one, summary),
      what: series[one.series].summary ?? "",
    })),
  ].sort((a, b) => a.ns - b.ns);
}

function figuresOf(cell: CellSummary): string[] {
  const { speedup, predictedSpeedup, openNs, testAccuracy } = cell;
  return [
    timeText(cell),
    speedup
      ? (isResolved(cell) ? "" : "≈ ") + formatRatio(speedup.value)
      : predictedSpeedup
      ? `(${formatRatio(predictedSpeedup)})`
      : NONE,
    openNs === undefined ? NONE : formatDuration(openNs),
    formatPercent(testAccuracy),
  ];
}

/** "61.2 ms ± 3 %"; without a share where the interval says next to nothing. */
function timeText({ nsPerEpoch: { value, low, high }, marks }: CellSummary): string {
  const time = formatDuration(value);
  if (marks.length > 0) return `≈ ${time}`;
  const half = Math.max(high / value, value / low) - 1;
  return half > 0 ? `${time} ± ${formatNumber(Math.max(100 * half, 0.1), 1)} %` : time;
}

function predictedFigures({ cell, nsPerEpoch: { value } }: Predicted, { plan }: Summary): string[] {
  const isBaseline = cell.implementation === plan.baseline;
  return [`(${formatDuration(value)})`, isBaseline ? formatRatio(1) : NONE, NONE, NONE];
}

/** What the signs of this table mean. */
function legend(rows: readonly Row[], style: Style): string[] {
  const has = (sign: string) =>
    rows.some(({ figures }) => figures.some((one) => one.includes(sign)));
  const parts = [
    ...(rows.some(({ mark }) => mark === "=")
      ? [rows.some(({ mark }) => mark === "✓") ? "= tied with ✓" : "= tied"]
      : []),
    ...(has("≈") ? ["≈ uncertain"] : []),
    ...(has("(") ? ["( ) predicted from smaller m"] : []),
  ];
  return parts.length === 0 ? [] : indented(parts.join(" · "), style, "dim");
}

/** As many whole words as fit, and "…" for the others. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const cut = text.slice(0, width - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 1)).replace(/[\s,:;(]+$/, "")}…`;
}
