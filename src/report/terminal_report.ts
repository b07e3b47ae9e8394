import type { Summary } from "../format/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice_words.ts";
import { comparisonReport } from "./comparison_text.ts";
import { timeShare } from "./key_results.ts";
import { counted, formatCount } from "./numbers.ts";
import { modelSentences } from "./model_words.ts";
import { noiseSentences } from "./noise_words.ts";
import { exponentText, fitSentences, lawName } from "./scaling_section.ts";
import { pairLines } from "./pair_section.ts";
import { terminalPlot } from "./terminal_plot.ts";
import { paint, type Style } from "./terminal_style.ts";
import { resultTables } from "./terminal_table.ts";
import { placeOf, termsOf } from "./terms.ts";
import { alignedRows } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { reasonsText, roundsText, trialsText, troubleTexts } from "./reason_words.ts";
import { warningTexts } from "./warning_words.ts";

/** Everything that a sweep prints at its end. */
export function terminalReport(summary: Summary, style: Style): string {
  const sections = [
    heading(summary, style),
    ...resultTables(summary, style),
    modelSentences(summary).flatMap((sentence) => wrap(sentence, style.width)),
    noiseSentences(summary).flatMap((sentence) => wrap(sentence, style.width)),
    pairLines(summary, style),
    exponents(summary, style),
    terminalPlot(summary, style),
    problems(summary, style),
    warnings(summary, style),
    summary.against === undefined ? [] : [comparisonReport(summary.against, style)],
    choice(summary, style),
    footer(summary, style),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

function heading(summary: Summary, style: Style): string[] {
  return [
    ...wrap(termsOf(summary).join(" · "), style.width).map((line) => paint("bold", line, style)),
    ...wrap(placeOf(summary).join(" · "), style.width).map((line) => paint("dim", line, style)),
  ];
}

function exponents(summary: Summary, style: Style): string[] {
  const { scalingLaws, series } = summary;
  if (scalingLaws.length === 0) return [];
  const rows = scalingLaws.map((law) => [
    series[law.series].label,
    exponentText(law),
    lawName(law) ?? "",
  ]);
  return [
    ...wrap("Scaling exponent k of time ∝ mᵏ [95 % interval] and law", style.width, "  ")
      .map((line) => paint("bold", line, style)),
    ...alignedRows(rows, style.width).flat(),
    ...fitSentences(summary).flatMap((sentence) => wrap(sentence, style.width)),
  ];
}

function problems({ problems }: Summary, style: Style): string[] {
  if (problems.length === 0) return [];
  return [
    paint("bold", "Skipped and failed", style),
    ...alikeProblems(problems).flatMap(({ status, reasons, problems: [first, ...others] }) => {
      const { cell } = first;
      const where =
        `${cell.implementation} · ${cell.runtime} · m = ${formatCount(cell.examples)} · ` +
        `B = ${cell.batchSize}` + (cell.threads > 1 ? ` · ${cell.threads} threads` : "") +
        (cell.copy === undefined ? "" : ` · ${cell.copy}`);
      const text = `${status}: ${where}, ${roundsText(first)}: ${reasonsText(reasons)}` +
        (others.length > 0 ? ` – alike: ${namesOf(others)} (${trialsText(others)})` : "");
      return wrap(text, style.width, "  ").map((line) =>
        status === "failed" ? paint("red", line, style) : line
      );
    }),
  ];
}

/** Last, where the eye rests when a sweep has ended. */
function choice(summary: Summary, style: Style): string[] {
  return [
    ...choiceSentences(summary).flatMap((sentence) =>
      wrap(sentence, style.width).map((line) => paint("bold", line, style))
    ),
    ...wrap([...rivalSentences(summary), ...whySentences(summary)].join(" "), style.width)
      .filter((line) => line !== ""),
  ];
}

/** "naive_loop, wasm_simd"; report.md lists every trial. */
const namesOf = (problems: Summary["problems"]): string =>
  [...new Set(problems.map(({ cell }) => cell.implementation))].join(", ");

function warnings(summary: Summary, style: Style): string[] {
  return warningTexts(summary).flatMap((warning) =>
    wrap(`warning: ${warning}`, style.width, "  ").map((line) => paint("yellow", line, style))
  );
}

function footer({ counts, time }: Summary, style: Style): string[] {
  const parts = [counted(counts.ok, "trial"), ...troubleTexts(counts), timeShare({ time })];
  return wrap(parts.join(" · "), style.width).map((line) => paint("dim", line, style));
}
