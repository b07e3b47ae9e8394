import type { Answer, Prediction, Question } from "../format/answer.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatRatio,
} from "../report/numbers.ts";
import { reasonsText } from "../report/reason_words.ts";
import { joinSections, paint, type Style, wrapped } from "../report/terminal_style.ts";
import { alignedRows } from "../report/text_table.ts";

/** Slower by less than this share is as good. */
const NEAR = 0.1;

/** The answer first, then what it was chosen among, then what it rests on. */
export function answerText(answer: Answer, style: Style): string {
  const { predictions, without } = answer;
  return joinSections([
    [
      ...wrapped(answerSentence(answer), style, "bold"),
      ...nearSentences(answer).flatMap((sentence) => wrapped(sentence, style)),
    ],
    predictions.length === 0 ? [] : [
      paint("bold", tableTitle(predictions[0]), style),
      ...alignedRows([HEAD, ...rowsOf(predictions)], style.width, [1, 2, 3, 4]).flat(),
    ],
    without.flatMap(({ label, reasons }) =>
      wrapped(
        `✗ ${label}: ${reasons ? reasonsText(reasons) : "not measured"}`,
        style,
        "red",
        "  ",
      )
    ),
    wrapped(basisSentence(answer), style, "dim"),
  ]);
}

/** "Choose wasm_sparse: 1.23 s [1.10, 1.38] for 20 epochs." */
export function answerSentence({ predictions, question }: Answer): string {
  const [best] = predictions;
  if (best === undefined) return "Nothing to choose: no program gave a figure.";
  const time = formatInterval(best.totalNs, formatDuration);
  return `Choose ${best.label}: ${time} for ${counted(question.epochs, "epoch")}.`;
}

/** Programs that may be as fast, by their intervals or nearly. */
function nearSentences({ predictions: [best, ...others] }: Answer): string[] {
  if (best === undefined) return [];
  const near = others.filter(({ totalNs }) =>
    totalNs.value <= best.totalNs.value * (1 + NEAR) || totalNs.low <= best.totalNs.value
  );
  if (near.length === 0) return [];
  return [`Too close to call with ${near.map(({ label }) => label).join(", ")}.`];
}

const HEAD = ["program", "total", "× fastest", "start", "epoch", "basis"];

const tableTitle = ({ totalNs: { confidence } }: Prediction): string =>
  `Predicted total: start and epochs [${formatPercent(confidence, 0)} interval]`;

function rowsOf(predictions: readonly Prediction[]): string[][] {
  const least = predictions[0].totalNs.value;
  return predictions.map(({ label, sameCode, totalNs, startNs, nsPerEpoch, basis, cells }) => [
    sameCode === undefined ? label : `${label} (= ${sameCode.join(", ")})`,
    formatInterval(totalNs, formatDuration),
    formatRatio(totalNs.value / least),
    formatDuration(startNs),
    formatDuration(nsPerEpoch),
    basis === "measured" ? basis : `${basis}, ${counted(cells, "cell")}`,
  ]);
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
