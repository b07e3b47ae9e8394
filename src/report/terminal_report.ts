import type { Summary } from "../format/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice_words.ts";
import { crossoverSentences } from "./crossover_words.ts";
import { comparisonReport } from "./comparison_text.ts";
import { runtimeSentences } from "./key_results.ts";
import { counted, formatCount } from "./numbers.ts";
import { modelSentences } from "./model_words.ts";
import { nodeSentences } from "./node_words.ts";
import { noiseSentences } from "./noise_words.ts";
import { exponentText, fitSentences, lawName } from "./scaling_section.ts";
import { pairLines } from "./pair_section.ts";
import { rankSentences } from "./rank_words.ts";
import { choiceLines, failureLines } from "./terminal_answer.ts";
import { matrixLines } from "./terminal_matrix.ts";
import {
  aboveLines,
  closingLines,
  reasonLines,
  stopsShort,
  warningLines,
} from "./terminal_notes.ts";
import { rankingLines } from "./terminal_ranking.ts";
import { terminalPlot } from "./terminal_plot.ts";
import { joinSections, paint, type Style, wrapped } from "./terminal_style.ts";
import { resultTables } from "./terminal_table.ts";
import { placeOf, shortTermsOf, termsOf } from "./terms.ts";
import { alignedRows } from "./text_table.ts";
import { axesOfPlan, axisParts } from "../summary/axes.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { reasonsText, roundsText, trialsText } from "./reason_words.ts";
import { warningTexts } from "./warning_words.ts";

/**
 * What a sweep prints at its end: the answer first, then one table, how time grows and why, and what to beware of. On a
 * usual run at most 30 lines of 80 characters.
 */
export function terminalReport(summary: Summary, style: Style): string {
  return joinSections([
    aboveLines(summary, style),
    failureLines(summary, style),
    againstLines(summary, style),
    choiceLines(summary, style),
    matrixLines(summary, style),
    runtimeSentences(summary).flatMap((text) => wrapped(text, style)),
    // Along m, the answer itself says where it changes.
    crossoverSentences(summary, ["batch", "width"]).flatMap((text) => wrapped(text, style)),
    rankSentences(summary).flatMap((text) => wrapped(text, style)),
    [
      ...wrapped(shortTermsOf(summary).join(" · "), style, "dim", "  "),
      ...rankingLines(summary, style),
    ],
    reasonLines(summary, style),
    nodeSentences(summary).slice(0, 1).flatMap((text) => wrapped(text, style, undefined, "  ")),
    // A comparison with earlier code says it itself.
    summary.against
      ? []
      : noiseSentences(summary).flatMap((text) => wrapped(text, style, undefined, "  ")),
    pairLines(summary, style),
    [...warningLines(summary, style), ...closingLines(summary, style)],
  ]);
}

/** The same with every table and sentence: `--verbose`. */
export function verboseReport(summary: Summary, style: Style): string {
  const prose = (sentences: readonly string[]) =>
    sentences.flatMap((sentence) => wrapped(sentence, style));
  return joinSections([
    aboveLines(summary, style),
    failureLines(summary, style),
    againstLines(summary, style),
    choiceLines(summary, style),
    matrixLines(summary, style),
    [
      ...wrapped(termsOf(summary).join(" · "), style, "bold"),
      ...wrapped(placeOf(summary).join(" · "), style, "dim"),
    ],
    ...resultTables(summary, style),
    prose(runtimeSentences(summary)),
    prose(modelSentences(summary)),
    prose(nodeSentences(summary)),
    prose(noiseSentences(summary)),
    pairLines(summary, style),
    prose(crossoverSentences(summary)),
    prose(rankSentences(summary)),
    exponents(summary, style),
    terminalPlot(summary, style),
    problems(summary, style),
    warningTexts({ ...summary, warnings: summary.warnings.filter((one) => !stopsShort(one)) })
      .flatMap((text) => wrapped(`warning: ${text}`, style, "yellow", "  ")),
    prose([...choiceSentences(summary), ...rivalSentences(summary), ...whySentences(summary)]),
    closingLines(summary, style),
  ]);
}

/** Who measures against earlier code asks about that first. */
const againstLines = ({ against }: Summary, style: Style): string[] =>
  against === undefined ? [] : [comparisonReport(against, style)];

function exponents(summary: Summary, style: Style): string[] {
  const { scalingLaws, series } = summary;
  if (scalingLaws.length === 0) return [];
  const rows = scalingLaws.map((law) => [
    series[law.series].label,
    exponentText(law),
    lawName(law) ?? "",
  ]);
  return [
    ...wrapped("Scaling exponent k of time ∝ mᵏ [95 % interval] and law", style, "bold", "  "),
    ...alignedRows(rows, style.width).flat(),
    ...fitSentences(summary).flatMap((sentence) => wrapped(sentence, style)),
  ];
}

function problems({ problems, plan }: Summary, style: Style): string[] {
  if (problems.length === 0) return [];
  return [
    paint("bold", "Skipped and failed", style),
    ...alikeProblems(problems).flatMap(({ status, reasons, problems: [first, ...others] }) => {
      const { implementation, runtime, examples, batchSize, threads, ranks, copy } = first.cell;
      const parts = [implementation, runtime, ...axisParts(first.cell, axesOfPlan(plan))];
      const where = `${parts.join(" · ")} · m = ${formatCount(examples)} · B = ${batchSize}` +
        (threads > 1 ? ` · ${threads} threads` : "") +
        (ranks === undefined ? "" : ` · ${counted(ranks, "rank")}`) +
        (copy === undefined ? "" : ` · ${copy}`);
      // report.md lists every trial.
      const names = new Set(others.map(({ cell }) => cell.implementation));
      const text = `${status}: ${where}, ${roundsText(first)}: ${reasonsText(reasons)}` +
        (names.size > 0 ? ` – alike: ${[...names].join(", ")} (${trialsText(others)})` : "");
      return wrapped(text, style, status === "failed" ? "red" : undefined, "  ");
    }),
  ];
}
