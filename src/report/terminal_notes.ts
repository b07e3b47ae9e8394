import type { Summary } from "../format/summary.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Warning } from "../format/warning.ts";
import { commandIn } from "../base/own_command.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { problemKey } from "../summary/problem_key.ts";
import { whySentences } from "./choice_words.ts";
import { timeShare } from "./key_results.ts";
import { counted, formatCount, formatFixed, formatPercent, listed } from "./numbers.ts";
import { reasonsText, softwareText, trialsText, troubleTexts } from "./reason_words.ts";
import { isOfShards, shardWarningText } from "./shard_words.ts";
import { paint, type Style, wrapped } from "./terminal_style.ts";
import { isToldAbove } from "./failure_words.ts";
import { shareOfCells } from "./warning_words.ts";

/** More warnings than these are counted; `--verbose` has them whole. */
const MOST_WARNINGS = 4;

/** How time grows, and why the choice is fast: a sentence each. */
export const reasonLines = (summary: Summary, style: Style): string[] =>
  [...growthSentence(summary), ...whySentences(summary)].flatMap((sentence) =>
    wrapped(sentence, style, undefined, "  ")
  );

/** A law whose exponent may be anything says nothing. */
const WIDEST = 1;

/** So near 1, time is as good as proportional to m. */
const NEAR_ONE = 0.1;

/** "Growth: in proportion to m (time ∝ mᵏ, k from 0.95 to 1.02)."; names where some grow otherwise. */
function growthSentence({ scalingLaws, series }: Summary): string[] {
  const laws = scalingLaws.filter(({ exponent: { low, high } }) => high - low <= WIDEST)
    .toSorted((a, b) => a.exponent.value - b.exponent.value);
  if (laws.length === 0) return [];
  const of = ({ exponent, series: place }: typeof laws[number]) =>
    `${formatFixed(exponent.value, 2)} (${series[place].label})`;
  const k = laws.length === 1
    ? `k = ${of(laws[0])}`
    : `k from ${of(laws[0])} to ${of(laws.at(-1)!)}`;
  const isNear = laws.every(({ exponent }) => Math.abs(exponent.value - 1) <= NEAR_ONE);
  if (!isNear) return [`Growth: time ∝ mᵏ, ${k}.`];
  const range = [laws[0], laws.at(-1)!].map(({ exponent }) => formatFixed(exponent.value, 2));
  const [low, high] = range;
  const short = low === high ? `k = ${low}` : `k from ${low} to ${high}`;
  return [`Growth: in proportion to m (time ∝ mᵏ, ${short}).`];
}

/** What a reader must know before believing the figures, a line each; what was not measured is one of them. */
export function warningLines(summary: Summary, style: Style): string[] {
  // The answer says that there is no figure; what the run lacks stands above it.
  const warnings = summary.warnings.filter((warning) =>
    warning.kind !== "no-figures" && !stopsShort(warning)
  );
  const texts = [
    ...warnings.map((warning) => shortWarning(warning, summary)),
    // Without a figure, the answer itself says why.
    ...(summary.cells.length === 0 ? [] : skippedTexts(summary)),
  ];
  const [resumed] = warnings.filter(({ kind }) => kind === "unfinished")
    .map((warning) => shortWarning(warning, summary));
  const more = texts.length - MOST_WARNINGS;
  const shown = more > 1 ? texts.slice(0, MOST_WARNINGS) : texts;
  return [
    // A command that is cut off cannot be copied.
    ...shown.flatMap((text) =>
      text === resumed ? wrapped(`⚠ ${text}`, style, undefined, "  ") : oneLine(`⚠ ${text}`, style)
    ),
    ...(more > 1 ? [oneLine(`⚠ ${formatCount(more)} more with --verbose`, style)] : []),
  ].map((line) => paint("yellow", line, style));
}

/** Whether the run has fewer trials than planned, or its shards differ: true of every figure below. */
export const stopsShort = (warning: Warning): boolean =>
  isOfShards(warning) || warning.kind === "unfinished" && warning.trials > 0;

/** What must be known of a run before anything else is read. A command in it is never cut. */
export const aboveLines = (summary: Summary, style: Style): string[] =>
  summary.warnings.filter(stopsShort).flatMap((warning) =>
    wrapped(`⚠ ${shortWarning(warning, summary)}`, style, "yellow", "  ")
  );

/** Cut where it does not fit: `--verbose` has the whole. */
const oneLine = (text: string, { width }: Style): string =>
  text.length <= width ? text : `${text.slice(0, width - 1).trimEnd()}…`;

/** Equal for cells of one program that differ at most in the threads that it was given. */
const placeOf = (cell: Cell, implementation = cell.implementation): string =>
  [implementation, cell.runtime, problemKey(cell)].join("|");

/** Skipped cells: those that a law predicts, those over the budget, and what cannot run here. */
export function skippedTexts(summary: Summary): string[] {
  const { problems, predicted, cells, series } = summary;
  const isTold = isToldAbove(summary);
  const measured = new Set(
    cells.flatMap(({ cell, series: place }) =>
      [cell.implementation, ...series[place].sameCode ?? []].map((name) => placeOf(cell, name))
    ),
  );
  const keys = new Set(predicted.map(({ cell }) => JSON.stringify(cell)));
  const skipped = problems.filter((one) => one.status === "skipped" && !isTold(one));
  const isPredicted = ({ cell }: Summary["problems"][number]) => keys.has(JSON.stringify(cell));
  const byReason = alikeProblems(skipped.filter((one) => !isPredicted(one)));
  const names = (cells: readonly { cell: { implementation: string } }[]) =>
    someOf([...new Set(cells.map(({ cell }) => cell.implementation))]);
  return [
    ...(predicted.length === 0
      ? []
      : [`predicted, not measured: ${counted(predicted.length, "cell")} of ${names(predicted)}`]),
    ...byReason.flatMap(({ problems: alike, reasons }) => {
      if (!reasons.some(({ kind }) => kind === "over-budget")) {
        return [`${names(alike)} skipped (${trialsText(alike)}): ${reasonsText(reasons)}`];
      }
      const isMeasured = ({ cell }: typeof alike[number]) => measured.has(placeOf(cell));
      const parts = {
        "not measured": alike.filter((one) => !isMeasured(one)),
        "fewer rounds": alike.filter(isMeasured),
      };
      return Object.entries(parts).filter(([, of]) => of.length > 0).map(([what, of]) =>
        `${what}, beyond the budget: ${counted(of.length, "cell")} of ${names(of)}`
      );
    }),
  ];
}

function shortWarning(warning: Warning, { plan, run }: Summary): string {
  switch (warning.kind) {
    case "synthetic-data":
      return "synthetic digits, not MNIST: accuracies cannot be compared with MNIST's";
    case "unfinished": {
      const { trials, planned, isOpen } = warning;
      const of = planned === undefined ? "" : ` of ${formatCount(planned)}`;
      const command = `${commandIn(plan.runtimes[0], "bench")} --resume ${run}`;
      return isOpen
        ? `${formatCount(trials)}${of} trials so far; if it was killed: ${command}`
        : `interrupted after ${formatCount(trials)}${of} trials; to go on: ${command}`;
    }
    case "one-shard":
    case "shards-missing":
    case "shards-unfinished":
    case "shared-machine":
      return shardWarningText(warning);
    case "no-figures":
      return "no trial gave a figure";
    case "software-device":
      return `${warning.implementations.join(", ")} ran on ` +
        `${warning.devices.map(softwareText).join(", ")}: no figure of a GPU`;
    case "single-trial":
      return `${shareOfCells(warning)}: a single trial, so nothing shows how processes differ`;
    case "few-samples":
      return `${shareOfCells(warning)}: fewer than ${warning.fewest} steady samples`;
    case "unsteady":
      return `${counted(warning.trials, "trial")} of ${someOf(warning.implementations)} ` +
        (warning.went === "slowdown" ? "became slower" : "still changed speed at the end");
    case "stolen-time":
      return `${shareOfCells(warning)}: up to ${
        formatPercent(warning.greatest, 0)
      } of the time went to ` +
        "other machines on this host";
    case "contention":
      return `${shareOfCells(warning)}: other programs took up to ${
        formatPercent(warning.greatest, 0)
      } ` +
        "of the sampled time";
    case "guessed-waiting":
      return `${
        shareOfCells(warning)
      }: waiting for a CPU is guessed, as the system does not show it`;
    case "little-cpu":
      return `${shareOfCells(warning)}: a CPU for only ${
        formatPercent(warning.least, 0)
      } of the time`;
    case "unaudited":
      return `${counted(warning.trials, "trial")} of ${someOf(warning.implementations)}: ` +
        "no step was checked while it was timed";
    case "threads-differ":
      return `${warning.implementation} used ${warning.fewest} to ${warning.most} threads, ` +
        `by trial, at B = ${warning.batchSizes.map(formatCount).join(", ")}`;
    case "idle-threads":
      return `${warning.implementation} used ${warning.threadsUsed} of its ${warning.threads} ` +
        `threads at B = ${warning.batchSizes.map(formatCount).join(", ")}` +
        (warning.sameCode === undefined ? "" : `, so it ran ${warning.sameCode}'s code`);
    case "wrong-gradient":
      return `${warning.implementations.join(", ")}: wrong gradients were timed (--keep-wrong)`;
    case "sorted-samples":
      return `the engine ${warning.engine} sorts its samples: no warm-up was cut`;
  }
}

/** Longer lists of names would cut the line that they stand in. */
const LONGEST = 34;

const someOf = (names: readonly string[]): string => {
  const all = listed(names);
  return names.length > 1 && all.length > LONGEST ? counted(names.length, "program") : all;
};

/** How much was measured, and where the rest is. */
export const closingLines = (summary: Summary, style: Style): string[] => {
  const { counts } = summary;
  const done = [counted(counts.ok, "trial"), ...troubleTexts(counts), timeShare(summary)];
  return [
    ...wrapped(done.join(" · "), style, "dim", "  "),
    ...wrapped(
      "--verbose has every table and reason; report.html has the plots",
      style,
      "dim",
      "  ",
    ),
  ];
};
