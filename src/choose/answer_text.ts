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
      ...alignedRows(tableRows(predictions), style.width, [1, 2, 3, 4]).flat(),
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

/** "Choose wasm_sparse: 1.23 s [1.10, 1.38] for 20 epochs." */
export function answerSentence({ predictions, question }: Answer): string {
  const [best] = predictions;
  if (best === undefined) return "Nothing to choose: no program gave a figure.";
  const time = formatInterval(best.totalNs, formatDuration);
  return `Choose ${best.label}: ${time} for ${counted(question.epochs, "epoch")}.`;
}

/** Programs that may be as fast, by their intervals or nearly, and how far the next is behind. */
function nearSentences({ predictions: [best, ...others] }: Answer): string[] {
  if (best === undefined) return [];
  const isNear = ({ totalNs }: Prediction): boolean =>
    totalNs.value <= best.totalNs.value * (1 + NEAR) || totalNs.low <= best.totalNs.value;
  const near = others.filter(isNear).map(({ label }) => label);
  const next = others.find((one) => !isNear(one));
  return [
    ...(near.length === 0 ? [] : [`Too close to call with ${near.join(", ")}.`]),
    ...(next === undefined ? [] : [
      `The next, ${next.label}, takes ${
        formatRatio(next.totalNs.value / best.totalNs.value)
      } its time.`,
    ]),
  ];
}

const HEAD = ["program", "total", "× fastest", "start", "epoch"];

/** "interpolated, 3 cells". */
const basisText = ({ basis, cells }: Prediction): string =>
  basis === "measured" ? basis : `${basis}, ${counted(cells, "cell")}`;

const haveOneBasis = (predictions: readonly Prediction[]): boolean =>
  new Set(predictions.map(basisText)).size === 1;

/** What all predictions rest on stands here, else in a column. */
function tableTitle(predictions: readonly Prediction[]): string {
  const [{ totalNs: { confidence } }] = predictions;
  return `Predicted total: start and epochs [${formatPercent(confidence, 0)} interval]` +
    (haveOneBasis(predictions) ? `; ${basisText(predictions[0])}` : "");
}

function tableRows(predictions: readonly Prediction[]): string[][] {
  const least = predictions[0].totalNs.value;
  const hasColumn = !haveOneBasis(predictions);
  return [
    [...HEAD, ...(hasColumn ? ["basis"] : [])],
    ...predictions.map((one) => [
      one.sameCode === undefined ? one.label : `${one.label} (= ${one.sameCode.join(", ")})`,
      formatInterval(one.totalNs, formatDuration),
      formatRatio(one.totalNs.value / least),
      formatDuration(one.startNs),
      formatDuration(one.nsPerEpoch),
      ...(hasColumn ? [basisText(one)] : []),
    ]),
  ];
}

function basisSentence({ question, runs, machine }: Answer): string {
  return [
    questionText(question),
    `${machine.cpu}, ${counted(machine.cores, "core")}`,
    `from ${runs.join(" and ")}`,
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
