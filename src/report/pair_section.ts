import type { Summary } from "../format/summary.ts";
import type { Cell } from "../format/trial_record.ts";
import { doubtText } from "./comparison_words.ts";
import { type Block, heading, numbers, paragraph, table } from "./document.ts";
import { formatCount, formatFactor, formatNumber, formatPercent } from "./numbers.ts";
import { refusalText } from "./refusal_words.ts";
import { seriesOfCell } from "./select.ts";
import { type Style, wrapped } from "./terminal_style.ts";
import { alignedRows } from "./text_table.ts";

type Resolved = NonNullable<Summary["resolved"]>;

/** The pairs of a run with `--resolve` as text in columns; nothing in other runs. */
export function pairLines(summary: Summary, style: Style): string[] {
  const { resolved } = summary;
  if (resolved === undefined) return [];
  const rows = [HEAD, ...resolved.pairs.map((pair) => cellsOf(pair, summary))];
  return [
    ...wrapped(titleOf(resolved), style, "bold", "  "),
    ...alignedRows(rows, style.width, NUMERIC).flat(),
  ];
}

/** The same for a page. */
export function pairSection(summary: Summary): Block[] {
  const { resolved } = summary;
  if (resolved === undefined) return [];
  return [
    heading("Pairs"),
    paragraph(
      titleOf(resolved) +
        ". Rounds were added until each pair was known to differ by more or by less, or until the budget ended. " +
        "The bounds hold at every look, so they are wider than intervals of speedups.",
    ),
    table(
      HEAD.map((title, column) => NUMERIC.includes(column) ? numbers(title) : title),
      resolved.pairs.map((pair) => cellsOf(pair, summary)),
    ),
  ];
}

const HEAD = ["b", "against a", "m", "b / a", "bounds", "rounds", "b is"];
const NUMERIC = [2, 3, 4, 5];

const titleOf = ({ threshold, alpha }: Resolved): string =>
  `Pairs, resolved at ${formatPercent(threshold, 1)}; all bounds hold together with ` +
  `${formatPercent(1 - alpha, 0)} confidence`;

function cellsOf(pair: Resolved["pairs"][number], summary: Summary): string[] {
  const { a, b, ratio, low, high, rounds, verdict } = pair;
  const text = (value: number | undefined, absent: string) =>
    value === undefined ? absent : formatFactor(value);
  return [
    labelOf(b, summary),
    labelOf(a, summary),
    formatCount(b.examples),
    text(ratio, "–"),
    `[${text(low, "0")}, ${text(high, "∞")}]`,
    formatNumber(rounds),
    verdict,
  ];
}

const labelOf = (cell: Cell, summary: Summary): string =>
  (seriesOfCell(summary, cell)?.label ?? cell.implementation) +
  (cell.copy === "reference" ? " (before)" : "");

/** How the present code compares with that of an earlier run, measured in the same rounds. */
export function againstSection({ against }: Summary): Block[] {
  if (against === undefined) return [];
  const { a, alpha, thresholdInForce, cells, refused } = against;
  return [
    heading(`Against the code of ${a.run}`),
    paragraph(
      "Ratio of the time per epoch now to that before, over trials of the same rounds. Differences up to " +
        `${formatPercent(thresholdInForce, 1)} do not count; all verdicts hold together with ` +
        `${formatPercent(1 - alpha, 0)} confidence.`,
    ),
    table(
      ["implementation", ...["m", "now / before", "interval"].map(numbers), "now is"],
      cells.map(({ cell, label, ratio, interval, verdict, doubt }) => [
        label,
        formatCount(cell.examples),
        formatFactor(ratio),
        `[${interval.map(formatFactor).join(", ")}]`,
        doubt === undefined
          ? verdict
          : `${verdict}: ${doubtText(doubt, interval, thresholdInForce)}`,
      ]),
    ),
    ...refused.map(({ cell, reason }) =>
      paragraph(`${cell.implementation}, m = ${formatCount(cell.examples)}: ${refusalText(reason)}`)
    ),
  ];
}
