import type { Answer, Prediction, Question } from "../format/answer.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatRatio,
  listed,
} from "../report/numbers.ts";
import { reasonsText } from "../report/reason_words.ts";
import { joinSections, type Style, wrapped } from "../report/terminal_style.ts";
import { alignedRows } from "../report/text_table.ts";

/** Slower by less than this share is as good. */
const NEAR = 0.1;

/** The answer first, then what could not be part of it, then what it was chosen among and what it rests on. */
export function answerText(answer: Answer, style: Style): string {
  const { predictions, without } = answer;
  return joinSections([
    [
      ...wrapped(answerSentence(answer), style, "bold"),
      ...nearSentences(answer).flatMap((sentence) => wrapped(sentence, style)),
    ],
    withoutLines(without, style),
    predictions.length === 0 ? [] : [
      ...wrapped(tableTitle(predictions), style, "bold"),
      ...alignedRows(tableRows(predictions), style.width, [2, 3, 4, 5]).flat(),
      ...legendLines(predictions, style),
    ],
    wrapped(basisSentence(answer), style, "dim"),
  ]);
}

/** What has no prediction, and why: a line for each reason. */
function withoutLines(without: Answer["without"], style: Style): string[] {
  const byReason = Map.groupBy(
    without,
    ({ reasons }) => reasons ? reasonsText(reasons) : "not measured",
  );
  return [...byReason].flatMap(([why, of]) =>
    wrapped(`✗ ${listed(of.map(({ label }) => label))}: ${why}`, style, "red", "  ")
  );
}

/** An interval wider than this tells little: its upper end is so many times its lower. */
const WIDEST = 2;

const isKnown = ({ totalNs: { low, high } }: Prediction): boolean => high <= WIDEST * low;

/** Programs that may be as fast as the first, by their intervals or nearly. */
const nearOf = ([best, ...others]: readonly Prediction[]): Prediction[] =>
  others.filter(({ totalNs }) =>
    totalNs.value <= best.totalNs.value * (1 + NEAR) || totalNs.low <= best.totalNs.value
  );

/** "✓ Choose wasm_sparse: 1.23 s [1.10, 1.38] for 20 epochs."; "≈ … seems fastest" where others may be so. */
export function answerSentence({ predictions, question }: Answer): string {
  const [best] = predictions;
  if (best === undefined) return "Nothing to choose: no program gave a figure.";
  const time = formatInterval(best.totalNs, formatDuration);
  const isSure = isKnown(best) && nearOf(predictions).length === 0;
  return (isSure ? `✓ Choose ${best.label}` : `≈ ${best.label} seems fastest`) +
    `: ${time} for ${counted(question.epochs, "epoch")}.`;
}

/** Who may be as fast, what would tell, and how far the next is behind. */
function nearSentences({ predictions }: Answer): string[] {
  const [best, ...others] = predictions;
  if (best === undefined) return [];
  const near = nearOf(predictions);
  const next = others.find((one) => !near.includes(one));
  const [surer] = isKnown(best) ? [] : near.filter(isKnown);
  const names = [...new Set([best, ...near].map(({ implementation }) => implementation))];
  return [
    ...(near.length === 0 ? [] : [`Too close to call with ${listed(near.map(labelOf))}.`]),
    ...(surer === undefined ? [] : [`Of these, ${surer.label} is known well enough to rely on.`]),
    // What is known well is not measured again.
    ...(![best, ...near].every(isKnown)
      ? ["A larger --budget or a quieter machine would tell more."]
      : near.length > 0
      ? [`To tell them apart, time them alone: bench --implementations ${names.join(",")}.`]
      : []),
    ...(next === undefined ? [] : [
      `The next, ${next.label}, is predicted to take ${
        formatRatio(next.totalNs.value / best.totalNs.value)
      } its time.`,
    ]),
  ];
}

const labelOf = ({ label }: Prediction): string => label;

const HEAD = ["", "program", "total", "× fastest", "start", "epoch"];

/** What a prediction rests on, in front of its row. */
const MARKS: Readonly<Record<Prediction["basis"], string>> = {
  measured: "",
  interpolated: "~",
  extrapolated: "→",
};

function tableTitle([{ totalNs: { confidence } }]: readonly Prediction[]): string {
  return `Predicted total: start and epochs [${formatPercent(confidence, 0)} interval]`;
}

function tableRows(predictions: readonly Prediction[]): string[][] {
  const least = predictions[0].totalNs.value;
  return [
    HEAD,
    ...predictions.map((one) => [
      MARKS[one.basis],
      one.label,
      formatInterval(one.totalNs, formatDuration),
      formatRatio(one.totalNs.value / least),
      formatDuration(one.startNs),
      formatDuration(one.nsPerEpoch),
    ]),
  ];
}

/** "~ between measured cells · → beyond measured cells · wasm_sparse also stands for wasm_threads". */
function legendLines(predictions: readonly Prediction[], style: Style): string[] {
  const has = (basis: Prediction["basis"]) => predictions.some((one) => one.basis === basis);
  const parts = [
    ...(has("interpolated") ? ["~ between measured cells"] : []),
    ...(has("extrapolated") ? ["→ beyond measured cells"] : []),
    ...predictions.flatMap(({ label, sameCode }) =>
      sameCode === undefined ? [] : [`${label} also stands for ${listed(sameCode)}`]
    ),
  ];
  return parts.length === 0 ? [] : wrapped(parts.join(" · "), style, "dim", "  ");
}

function basisSentence({ question, runs, machine }: Answer): string {
  return [
    questionText(question),
    `${machine.cpu}, ${counted(machine.cores, "core")}`,
    `from ${listed(runs)}`,
  ].join(" · ");
}

/** "m = 50,000 · B = 32 · 784-128-10 · sigmoid, sigmoid-quadratic". */
function questionText(question: Question): string {
  const { examples, batchSize, layerSizes, hiddenActivation, outputLoss } = question;
  return [
    `m = ${formatCount(examples)}`,
    `B = ${formatCount(batchSize)}`,
    layerSizes.join("-"),
    `${hiddenActivation}, ${outputLoss}`,
  ].join(" · ");
}
