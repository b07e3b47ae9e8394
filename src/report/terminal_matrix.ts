import { isJavaScript } from "../base/runtime.ts";
import type { Choice } from "../format/choice.ts";
import type { Summary } from "../format/summary.ts";
import { axesOfCells, axisParts } from "../summary/axes.ts";
import { NONE } from "./grid.ts";
import { formatCount } from "./numbers.ts";
import { choicesBySetting, sizesOf } from "./select.ts";
import { paint, type Style, wrapped } from "./terminal_style.ts";
import { alignedRows } from "./text_table.ts";
import { marginText } from "./verdict_words.ts";

/** What to choose where, and by how much: the settings (B, network, rate) down, m across. Nothing where there is one setting. */
export function matrixLines(summary: Summary, style: Style): string[] {
  const settings = choicesBySetting(summary);
  const { series, plan } = summary;
  if (settings.length < 2 && plan.runtimes.length < 2) return [];
  // One program alone is no choice.
  if (settings.flat().every(({ rivals }) => rivals.length === 0)) return [];
  const sizes = sizesOf(summary);
  // The answer says what a single cell would.
  if (settings.length < 2 && sizes.length < 2) return [];
  const axes = axesOfCells(series);
  const severalBatches = new Set(series.map(({ batch }) => batch)).size > 1;
  const networks = settings.map(([{ series: one }]) => axisParts(series[one], axes).join(" · "));
  // Beside the network, a column for the minibatch would not leave enough room.
  const isGrouped = severalBatches && new Set(networks).size > 1;
  const places = settings.map((choices) =>
    sizes.map((size) => choices.find(({ examples }) => examples === size))
  );
  const labels = settings.map((choices, i) => {
    const { batch } = series[choices[0].series];
    const parts = [
      ...(isGrouped || networks[i] === "" ? [] : [networks[i]]),
      ...(severalBatches || settings.length === 1
        ? [batch === "full" ? "full batch" : `B = ${batch}`]
        : []),
    ];
    return (isGrouped ? "  " : "") + parts.join(" · ");
  });
  const table = alignedRows(
    [
      ["m =", ...sizes.map(formatCount)],
      ...places.map((row, i) => [
        labels[i],
        ...row.map((choice) => choice === undefined ? NONE : winnerText([choice], summary)),
      ]),
    ],
    style.width,
  );
  const fits = table.every(({ length }) => length === 1);
  const [first, ...lines] = fits ? table : [
    [],
    ...alignedRows(
      places.map((row, i) => [labels[i], stretchText(row, sizes, summary)]),
      style.width,
    ),
  ];
  return [
    ...wrapped(
      `What to choose${
        fits ? "" : " at which m"
      }, and how many times as long the next takes (= tied)`,
      style,
      "bold",
    ),
    ...first.map((line) => paint("dim", line, style)),
    ...lines.flatMap((row, i) => [
      ...(isGrouped && networks[i] !== networks[i - 1] ? wrapped(networks[i], style) : []),
      ...row,
    ]),
  ];
}

/** "wasm_sparse 2.1 ×", or "wasm_sparse =" where others may be as fast: one program, at one size or several. */
function winnerText(choices: readonly Choice[], { series, plan }: Summary): string {
  const { implementation, runtime, threads, ranks } = series[choices[0].series];
  const alike = series.filter((one) => one.implementation === implementation);
  const name = [
    implementation,
    ...(plan.runtimes.length > 1 && isJavaScript(runtime) ? [runtime] : []),
    ...(new Set(alike.map((one) => one.threads)).size > 1 ? [`${threads}t`] : []),
    ...(new Set(alike.map((one) => one.ranks)).size > 1 ? [`${ranks}r`] : []),
  ].join(" · ");
  return name + marginText(choices, "=");
}

/** "1,000 to 4,000: wasm_simd =; 8,000: wasm_sparse 1.3 ×": neighbouring sizes with one choice together, where columns do not fit. */
function stretchText(
  row: readonly (Choice | undefined)[],
  sizes: readonly number[],
  summary: Summary,
): string {
  const starts = [...row.keys()].filter((i) => i === 0 || row[i]?.series !== row[i - 1]?.series);
  return starts.map((from, i) => {
    const to = (starts[i + 1] ?? row.length) - 1;
    const choices = row.slice(from, to + 1).filter((choice) => choice !== undefined);
    const where = [...new Set([sizes[from], sizes[to]])].map(formatCount).join(" to ");
    return `${where}: ${choices.length === 0 ? NONE : winnerText(choices, summary)}`;
  }).join("; ");
}
