import type { ComparedCell, Comparison, SpeedVerdict } from "../format/comparison.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { type Paint, paint, type Style } from "./terminal_style.ts";
import { alignedRows } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import {
  closing,
  conditionsOf,
  doubtsOf,
  howCompared,
  MARKS,
  ratioText,
  refusedTexts,
} from "./comparison_words.ts";

const COLOURS: Record<SpeedVerdict, Paint> = {
  slower: "red",
  faster: "green",
  same: "blue",
  unresolved: "yellow",
};

/** A comparison as `compare` prints it: the runs, the cells, those not compared, and the verdict. */
export function comparisonReport(comparison: Comparison, style: Style): string {
  const prose = (sentences: readonly string[]) =>
    sentences.flatMap((sentence) => wrap(sentence, style.width, "  "));
  const sections = [
    heading(comparison, style),
    ...cellTables(comparison, style),
    refusedLines(comparison, style),
    prose(conditionsOf(comparison)),
    wrap(closing(comparison), style.width).map((line) => paint("bold", line, style)),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

function heading(comparison: Comparison, style: Style): string[] {
  const name = (letter: string, { run, gitCommit, slope }: Comparison["a"]) =>
    [
      `${letter}  ${run}`,
      ...(slope === undefined ? [] : [`Slope ${slope}`]),
      ...(gitCommit === undefined ? [] : [`commit ${gitCommit}`]),
    ].join(" · ");
  return [
    ...[name("A", comparison.a), name("B", comparison.b)].flatMap((line) =>
      wrap(line, style.width, "   ")
    )
      .map((line) => paint("bold", line, style)),
    ...wrap(howCompared(comparison), style.width)
      .map((line) => paint("dim", line, style)),
  ];
}

/** One table for all series: a line with its label, then a row for each of its cells. */
function cellTables({ cells }: Comparison, style: Style): string[][] {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  const rows = cells.map((one) => ({ one, texts: textsOf(one, severalSeeds) }));
  const head = ["m", "A", "B", "B / A", ""];
  const [headLines, ...lines] = alignedRows(
    [head, ...rows.map(({ texts }) => texts)],
    style.width - 2,
    [0, 1, 2, 3],
  );
  const linesOf = new Map(rows.map(({ one }, i) => [one, lines[i]]));
  return [...Map.groupBy(rows, ({ one }) => one.label)].map(([label, ofLabel], group) => [
    ...wrap(label, style.width, "  ").map((line) => paint("bold", line, style)),
    ...(group === 0 ? headLines.map((line) => paint("dim", `  ${line}`, style)) : []),
    ...ofLabel.flatMap(({ one }) => {
      const verdict = verdictText(one);
      return linesOf.get(one)!.map((line) =>
        line.endsWith(verdict)
          ? `  ${line.slice(0, -verdict.length)}${paint(COLOURS[one.verdict], verdict, style)}`
          : `  ${line}`
      );
    }),
    ...doubtsOf(ofLabel.map(({ one }) => one)).flatMap((text) =>
      wrap(text, style.width - 4, "  ").map((line) => paint("dim", `    ${line}`, style))
    ),
  ]);
}

const verdictText = ({ verdict }: ComparedCell): string => `${MARKS[verdict]} ${verdict}`;

function textsOf(one: ComparedCell, severalSeeds: boolean): string[] {
  const { cell, a, b } = one;
  return [
    formatCount(cell.examples) + (severalSeeds ? ` · seed ${cell.seed}` : ""),
    formatDuration(a.nsPerEpoch),
    formatDuration(b.nsPerEpoch),
    ratioText(one),
    verdictText(one),
  ];
}

function refusedLines({ refused }: Comparison, style: Style): string[] {
  if (refused.length === 0) return [];
  return [
    paint("bold", "Not compared", style),
    ...refusedTexts(refused).flatMap(({ text, isWrong }) =>
      wrap(text, style.width, "  ").map((line) => isWrong ? paint("red", line, style) : line)
    ),
  ];
}
