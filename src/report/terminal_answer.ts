import type { Choice } from "../format/choice.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import type { Warning } from "../format/warning.ts";
import {
  capitalised,
  counted,
  formatCount,
  formatDuration,
  formatRatio,
  listed,
} from "./numbers.ts";
import { unitOf } from "./node_words.ts";
import { isResolved, markedTime } from "./noise_words.ts";
import { choicesBySetting } from "./select.ts";
import { skippedTexts } from "./terminal_notes.ts";
import { indented, type Style, wrapped } from "./terminal_style.ts";
import { baselineName, fromText, isBaseline } from "./choice_words.ts";
import { failureTexts } from "./failure_words.ts";
import { isNear, isProven, isUndecided, nothingText, settingsVerdict } from "./verdict_words.ts";

/** What failed, the first that anybody must know. */
export const failureLines = (summary: Summary, style: Style): string[] =>
  failureTexts(summary).flatMap((text) => wrapped(text, style, "red", "  "));

/** What to choose, by how much, tied with whom, and for how many epochs. */
export function choiceLines(summary: Summary, style: Style): string[] {
  const settings = choicesBySetting(summary);
  const { cells, plan } = summary;
  if (settings.length === 0) {
    if (cells.length === 0) {
      return [
        ...wrapped(nothingText(summary), style, "bold", "  "),
        ...skippedTexts(summary).flatMap((text) => indented(text, style)),
      ];
    }
    const areWrong = cells.every(({ verdict }) => verdict === "wrong");
    const why = areWrong ? "gradient is wrong" : "cell has a wrong gradient or a failed trial";
    return wrapped(`✗ Nothing to choose: every ${why}.`, style, "bold", "  ");
  }
  if (settings.length === 1) return answerOf(settings[0], summary, style);
  // The table says more: who wins where, and by how much.
  const { mark, text } = settingsVerdict(settings, summary);
  return [
    ...wrapped(`${mark} ${text}`, style, "bold", "  "),
    ...indented(`Each for ${counted(plan.epochs, "epoch")}, with set-up.`, style),
  ];
}

function answerOf(choices: readonly Choice[], summary: Summary, style: Style): string[] {
  const { series } = summary;
  const last = choices[choices.length - 1];
  const cell = cellOf(last, summary);
  const label = series[last.series].label;
  const near = last.rivals.filter(isNear);
  const isOpen = isUndecided(last);
  const tied = near.map((rival) => series[rival.series].label);
  const setUp = last.setUpNs === undefined ? "" : `, set-up ${formatDuration(last.setUpNs)}`;
  const time = `${markedTime(cell, formatDuration(last.totalNs))} ` +
    `(${formatDuration(cell.nsPerEpoch.value)} per epoch${setUp})`;
  const where = `for ${counted(last.epochs, "epoch")} at m = ${
    formatCount(last.examples)
  } examples`;
  const beside = tied.length > 0 ? `, tied with ${listed(tied)}` : "";
  const headline = isOpen
    ? `≈ Too close to call ${where}: ${listed([label, ...tied])}.`
    : last.rivals.length === 0
    ? `✓ ${label} ${where}: ${time}.`
    // The choice has the fewest threads of several that are as good, and need not have the least time.
    : last.fastest !== last.series
    ? `✓ Choose ${label} ${where}${beside}: ${time}.`
    : isProven(last)
    ? `✓ ${label} is fastest ${where}${beside}: ${time}.`
    : `≈ ${label} seems fastest ${where}${beside}: ${time}.`;
  const sentences = [
    ...(last.rivals.length > 0 && !isProven(last) ? [openSentence(cell, last, summary)] : []),
    ...(last.rivals.length === 0 ? [] : baselineSentence(cell, last, summary)),
    ...fasterSentences(last, summary),
    ...nextSentence(cell, last, summary),
    ...(isOpen ? [] : payOffSentence(last, summary)),
    ...elsewhere(choices, summary),
    ...missingSentence(choices, summary),
  ];
  return [
    ...wrapped(headline, style, "bold", "  "),
    ...(sentences.length === 0 ? [] : indented(sentences.join(" "), style)),
  ];
}

/** "The same at every smaller m.", or what is best there. */
function elsewhere(choices: readonly Choice[], { series }: Summary): string[] {
  const last = choices[choices.length - 1];
  if (choices.length === 1) return [];
  const others = choices.filter((one) => one.series !== last.series);
  if (others.length === 0) return ["The same at every smaller m."];
  const names = [...Map.groupBy(others, (one) => one.series)].map(([one, of]) => {
    const [from, to] = [of[0], of[of.length - 1]].map(({ examples }) => formatCount(examples));
    return `${series[one].label} at m = ${from === to ? from : `${from} to ${to}`}`;
  });
  return [`Otherwise choose ${listed(names)}.`];
}

/** "102 × the speed of naive_loop per epoch." Nothing where the figures do not show it. */
function baselineSentence(
  cell: CellSummary,
  choice: Choice,
  summary: Summary,
): string[] {
  const isOpen = isUndecided(choice);
  const { plan, series, nodes } = summary;
  if (isBaseline(cell)) return isOpen ? [] : ["It is the baseline itself."];
  const baseline = baselineName(cell, summary);
  if (cell.speedup !== undefined) {
    const ratio = formatRatio(cell.speedup.value);
    if (isResolved(cell)) {
      // Too close to call in all, because of set-up, does not mean so per epoch.
      return isOpen
        ? [`Per epoch, ${series[cell.series].label} has ${ratio} the speed of ${baseline}.`]
        : [`${ratio} the speed of ${baseline} per epoch.`];
    }
    // For a choice that is not proven, the headline has said already what would tell.
    const more = isProven(choice) ? `; more ${unitOf(nodes)} would tell` : "";
    return isOpen ? [] : [`About ${ratio} the speed of ${baseline} per epoch${more}.`];
  }
  return cell.predictedSpeedup === undefined ? [] : [
    `About ${
      formatRatio(cell.predictedSpeedup)
    } the speed per epoch that is predicted for ${plan.baseline}.`,
  ];
}

/** "blas_ffi · 2 threads takes 0.930 × its time, on more threads.": nearly as fast on fewer is the better choice. */
function fasterSentences({ rivals, series: own }: Choice, { series }: Summary): string[] {
  return rivals.filter(({ verdict }) => verdict === "faster").map((rival) =>
    `${series[rival.series].label} takes ${formatRatio(rival.ratio)} its time in all` +
    `${series[rival.series].threads > series[own].threads ? ", on more threads" : ""}.`
  );
}

/** The nearest that takes longer, unless it is the baseline, which is said already. */
function nextSentence(
  { trials }: CellSummary,
  { rivals }: Choice,
  { series, plan, nodes }: Summary,
): string[] {
  const next = rivals.find((rival) => rival.ratio > 1 && !isNear(rival));
  if (next === undefined || series[next.series].implementation === plan.baseline) return [];
  const unproved = next.verdict === "unresolved" && trials > 1 && nodes === undefined
    ? `; ${counted(trials, "round")} do not prove it`
    : "";
  const ratio = formatRatio(next.ratio);
  return [`The next, ${series[next.series].label}, takes ${ratio} its time in all${unproved}.`];
}

/** Whether rounds of the plan are measured elsewhere, or still to be. */
const lacksRounds = ({ kind }: Warning): boolean =>
  ["one-shard", "shards-missing", "shards-unfinished", "unfinished"].includes(kind);

function openSentence(
  { trials }: CellSummary,
  { rivals }: Choice,
  { nodes, warnings }: Summary,
): string {
  if (warnings.some(lacksRounds)) return "The rounds that are missing may tell.";
  if (trials === 1) return "One trial of each proves nothing: take more --rounds.";
  if (nodes === undefined) return "More --rounds or a quieter machine would tell.";
  // Rounds of the same nodes are no more evidence about others.
  const needed = rivals.flatMap(({ nodesNeeded }) => nodesNeeded ?? []);
  return needed.length > 0
    ? `About ${counted(Math.min(...needed), "node")} with as many rounds each would tell.`
    : "More nodes would tell.";
}

/** "Best from 4 epochs on; for fewer, wasm_simd." */
function payOffSentence({ series: own, byEpochs, epochs }: Choice, { series }: Summary): string[] {
  if (byEpochs.length === 1) return [];
  const place = byEpochs.findIndex((one) => one.series === own);
  if (place < 0) return [];
  const before = byEpochs[place - 1];
  const after = byEpochs[place + 1];
  const parts = [
    ...(before
      ? [
        `best from ${counted(byEpochs[place].from, "epoch")} on; for fewer, ` +
        series[before.series].label,
      ]
      : []),
    ...(after
      ? [`${fromText(after.from, epochs)}, ${series[after.series].label} takes less in all`]
      : []),
  ].join("; ");
  return [`${capitalised(parts)}.`];
}

/** Series that were not measured at some size, and might have been chosen there. */
function missingSentence(choices: readonly Choice[], { series }: Summary): string[] {
  const absent = [...new Set(choices.flatMap(({ missing }) => missing))];
  return absent.length === 0 ? [] : [
    `Not compared at every m: ${absent.map((one) => series[one].label).join(", ")}.`,
  ];
}

const cellOf = ({ series, examples, seed }: Choice, { cells }: Summary): CellSummary =>
  cells.find((one) =>
    one.series === series && one.cell.examples === examples && one.cell.seed === seed
  )!;
