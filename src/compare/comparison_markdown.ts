import type { Comparison } from "../format/comparison.ts";
import { type Block, list, paragraph } from "../report/document.ts";
import { conditionsOf, howCompared, overallVerdict } from "../report/comparison_words.ts";
import { refusedTexts } from "../report/refusal_words.ts";
import { markdownOf } from "../report/markdown.ts";
import { cellTable, identityText } from "./comparison_page.ts";
import { ratioLines } from "./ratio_lines.ts";

/** A comparison as Markdown, for the page of a pull request: the verdict, what is wrong, the ratios, then figures. */
export function comparisonMarkdown(comparison: Comparison): string {
  const [wrong, others] = [true, false].map((isWrong) =>
    refusedTexts(comparison.refused).filter((one) => one.isWrong === isWrong)
      .map(({ text }) => text)
  );
  const above: Block[] = [
    { kind: "verdict", text: overallVerdict(comparison) },
    ...wrong.length === 0 ? [] : [
      { kind: "failures", items: wrong.map((text) => ({ text: `✗ ${text}` })) } as const,
    ],
    paragraph(`A is ${identityText(comparison.a)}; B is ${identityText(comparison.b)}.`),
    { kind: "code", text: ratioLines(comparison).join("\n") },
  ];
  const below: Block[] = [
    cellTable(comparison),
    ...others.length === 0 ? [] : [paragraph("Not compared:"), list(others)],
    ...[howCompared(comparison), ...conditionsOf(comparison)].map(paragraph),
  ];
  return [
    markdownOf(above),
    "<details><summary>Figures, and how they were compared</summary>",
    markdownOf(below),
    "</details>",
  ].join("\n\n") + "\n";
}
