import type { Comparison } from "../format/comparison.ts";
import {
  type Block,
  folded,
  heading,
  list,
  numbers,
  paragraph,
  type Table,
  table,
  verdicts,
} from "../report/document.ts";
import { formatCount, formatDuration, formatPercent } from "../report/numbers.ts";
import { printBlocks } from "../report/page/blocks.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { runAddresses, type Served } from "../report/page/links.ts";
import { ratioPlot, VERDICT_LOOKS } from "./ratio_plot.ts";
import {
  afterVerdict,
  conditionsOf,
  doubtText,
  howCompared,
  overallVerdict,
  ratioText,
} from "../report/comparison_words.ts";
import { refusedTexts } from "../report/refusal_words.ts";

/** A longer table of cells is folded: the plot above has the same rows. */
const MOST_UNFOLDED = 16;

/** Two runs side by side as a page in one file, with links to them where it is served. */
export function comparisonPage(comparison: Comparison, served?: Served): string {
  const { a, b, cells, refused } = comparison;
  const [wrong, others] = [true, false].map((isWrong) =>
    refusedTexts(refused).filter((one) => one.isWrong === isWrong)
  );
  return pageOf({
    title: `${b.run} against ${a.run}`,
    main: printBlocks([
      ...(wrong.length === 0 ? [] : [
        {
          kind: "failures",
          items: wrong.map(({ text }) => ({ text: `✗ ${text}` })),
        } as const,
      ]),
      { kind: "verdict", text: overallVerdict(comparison) },
      list(afterVerdict(comparison)),
      ...(cells.length === 0 ? [] : [
        heading("Ratios"),
        // In the order of `VERDICT_LOOKS`, because a switch finds its marks by its place.
        {
          kind: "switches",
          labels: Object.entries(VERDICT_LOOKS).map(([verdict, { glyph }]) => ({
            text: `${glyph} ${verdict} (${
              cells.filter((cell) => cell.verdict === verdict).length
            })`,
            colour: verdict,
          })),
        } as const,
        {
          kind: "figure",
          path: "plots/ratios.svg",
          svg: ratioPlot(comparison),
          narrow: ratioPlot(comparison, "phone"),
          size: "wide",
          caption:
            "Time per epoch in B divided by that in A, with intervals; ✗ slower, △ faster, □ the same, ○ unresolved. " +
            "Differences within the grey band do not count.",
        } as const,
        ...(cells.length > MOST_UNFOLDED
          ? folded("Cells", [cellTable(comparison)])
          : [heading("Cells"), cellTable(comparison)]),
      ]),
      ...folded("Not compared", others.length === 0 ? [] : [list(others.map(({ text }) => text))]),
      ...folded("How it was compared", [
        paragraph(howCompared(comparison)),
        ...conditionsOf(comparison).map(paragraph),
      ]),
      ...folded("The runs", [
        { ...runTable(comparison), ...(served && { links: runAddresses([a.run, b.run]) }) },
      ]),
    ]),
    served,
  });
}

/** "run-a · Slope 0.1.0 · commit 0123456789ab". */
export const identityText = ({ run, slope, gitCommit }: Comparison["a"]): string =>
  [
    run,
    ...slope === undefined ? [] : [`Slope ${slope}`],
    ...gitCommit === undefined ? [] : [`commit ${gitCommit}`],
  ].join(" · ");

/** A row for each cell, with both times. */
export function cellTable({ cells, thresholdInForce }: Comparison): Block {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  return table(
    [
      "series",
      numbers("m"),
      ...(severalSeeds ? [numbers("seed")] : []),
      verdicts("B is"),
      numbers("A"),
      numbers("B"),
      numbers("B / A"),
      numbers("trials of A, B"),
      "because",
    ],
    cells.map((one) => [
      one.label,
      formatCount(one.cell.examples),
      ...(severalSeeds ? [String(one.cell.seed)] : []),
      `${VERDICT_LOOKS[one.verdict].glyph} ${one.verdict}`,
      formatDuration(one.a.nsPerEpoch),
      formatDuration(one.b.nsPerEpoch),
      ratioText(one),
      `${one.a.trials}, ${one.b.trials}`,
      one.doubt ? doubtText(one.doubt, one.interval, thresholdInForce) : "",
    ]),
  );
}

function runTable({ a, b, threshold, thresholdInForce, noiseFloor, alpha }: Comparison): Table {
  const row = (what: string, of: (run: Comparison["a"]) => string | undefined) => [
    what,
    of(a) ?? "unknown",
    of(b) ?? "unknown",
  ];
  const both = (what: string, text: string) => [what, text, text];
  return {
    facts: true,
    ...table(["what", "A", "B"], [
      row("run", ({ run }) => run),
      row("began", ({ startedAt }) => startedAt),
      row("commit", ({ gitCommit }) => gitCommit),
      row("Slope", ({ slope }) => slope),
      both("threshold requested", formatPercent(threshold, 1)),
      both("threshold in force", formatPercent(thresholdInForce, 1)),
      both("noise floor", noiseFloor === undefined ? "unknown" : formatPercent(noiseFloor, 1)),
      both("probability of any false verdict at most", formatPercent(alpha, 0)),
    ]),
  };
}
