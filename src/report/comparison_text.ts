import type { ComparedCell, Comparison, SpeedVerdict } from "../format/comparison.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import {
  indented,
  joinSections,
  type Paint,
  paint,
  type Style,
  wrapped,
} from "./terminal_style.ts";
import { alignedRows } from "./text_table.ts";
import { wrap } from "../base/wrap.ts";
import {
  afterVerdict,
  conditionsOf,
  doubtsOf,
  howCompared,
  MARKS,
  overallVerdict,
  ratioText,
} from "./comparison_words.ts";
import { refusedTexts } from "./refusal_words.ts";

const COLOURS: Record<SpeedVerdict, Paint> = {
  slower: "red",
  faster: "green",
  same: "blue",
  unresolved: "yellow",
};

/** A comparison as `compare` prints it: the verdict, what became wrong, the runs, the cells, and those not compared. */
export function comparisonReport(comparison: Comparison, style: Style): string {
  const refused = refusedTexts(comparison.refused);
  return joinSections([
    [
      ...wrapped(overallVerdict(comparison), style, "bold"),
      ...refused.filter(({ isWrong }) => isWrong)
        .flatMap(({ text }) => indented(`✗ ${text}`, style, "red")),
      ...afterVerdict(comparison).flatMap((sentence) => indented(sentence, style)),
    ],
    heading(comparison, style),
    ...cellTables(comparison, style),
    refusedLines(refused, style),
    conditionsOf(comparison).flatMap((sentence) => wrapped(sentence, style, undefined, "  ")),
  ]);
}

function heading(comparison: Comparison, style: Style): string[] {
  const name = (letter: string, { run, gitCommit, slope }: Comparison["a"]) =>
    [
      `${letter}  ${run}`,
      ...(slope === undefined ? [] : [`Slope ${slope}`]),
      ...(gitCommit === undefined ? [] : [`commit ${gitCommit}`]),
    ].join(" · ");
  return [
    ...wrapped(name("A", comparison.a), style, "bold", "   "),
    ...wrapped(name("B", comparison.b), style, "bold", "   "),
    ...wrapped(howCompared(comparison), style, "dim"),
  ];
}

/** One table for all series: a line with its label, then a row for each of its cells. */
function cellTables({ cells, thresholdInForce }: Comparison, style: Style): string[][] {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  const texts = cells.map((one) => [
    formatCount(one.cell.examples) + (severalSeeds ? ` · seed ${one.cell.seed}` : ""),
    formatDuration(one.a.nsPerEpoch),
    formatDuration(one.b.nsPerEpoch),
    ratioText(one),
    verdictText(one),
  ]);
  const head = ["m", "A", "B", "B / A", ""];
  const [headLines, ...rows] = alignedRows([head, ...texts], style.width - 2, [0, 1, 2, 3]);
  const linesOf = new Map(cells.map((one, i) => [one, rows[i]]));
  return [...Map.groupBy(cells, (one) => one.label)].map(([label, ofLabel], group) => [
    ...wrapped(label, style, "bold", "  "),
    ...(group === 0 ? headLines.map((line) => paint("dim", `  ${line}`, style)) : []),
    ...ofLabel.flatMap((one) => {
      const verdict = verdictText(one);
      return linesOf.get(one)!.map((line) =>
        line.endsWith(verdict)
          ? `  ${line.slice(0, -verdict.length)}${paint(COLOURS[one.verdict], verdict, style)}`
          : `  ${line}`
      );
    }),
    ...doubtsOf(ofLabel, thresholdInForce).flatMap((text) =>
      wrap(text, style.width - 4, "  ").map((line) => paint("dim", `    ${line}`, style))
    ),
  ]);
}

const verdictText = ({ verdict }: ComparedCell): string => `${MARKS[verdict]} ${verdict}`;

function refusedLines(refused: ReturnType<typeof refusedTexts>, style: Style): string[] {
  const others = refused.filter(({ isWrong }) => !isWrong);
  if (others.length === 0) return [];
  return [
    paint("bold", "Not compared", style),
    ...others.flatMap(({ text }) => wrapped(text, style, undefined, "  ")),
  ];
}
