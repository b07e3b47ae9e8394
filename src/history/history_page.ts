import type { History, Trend } from "../format/history.ts";
import {
  type Block,
  folded,
  heading,
  type Item,
  list,
  numbers,
  paragraph,
  table,
} from "../report/document.ts";
import { formatCount } from "../report/numbers.ts";
import { printBlocks } from "../report/page/blocks.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { compareAddress, runAddress, runAddresses, type Served } from "../report/page/links.ts";
import { colourName, looksOfSeries } from "../report/plots/looks.ts";
import { trendPlot } from "./trend_plot.ts";
import { changeGroups, type FindCommits, groupText, overview } from "./history_words.ts";

/** More trends than this without a change are folded. */
const MOST_UNFOLDED = 12;

/**
 * A history as a page in one file. A served page has links to its runs, and names in `leftOut` those that could not be
 * read.
 */
export function historyPage(
  history: History,
  findCommits: FindCommits,
  served?: Served & { readonly leftOut: readonly string[] },
): string {
  const { runs, trends, groups } = history;
  const [first, last] = [runs[0], runs.at(-1)].map((run) => run?.startedAt.slice(0, 10));
  const labels = [...new Map(trends.map(({ label, cell }) => [label, cell.implementation]))];
  const looks = looksOfSeries(labels.map(([label, implementation]) => ({ label, implementation })));
  const [answer, ...others] = overview(history);
  const changed = trends.filter(({ steps = [] }) => steps.length > 0);
  const isFolded = changed.length > 0 || trends.length > MOST_UNFOLDED;
  const figures = (isShown: (trend: Trend) => boolean): Block[] =>
    groups.flatMap((of, group): Block[] => {
      const shown = trends.flatMap((trend, index): Block[] => {
        if (trend.group !== group || !isShown(trend)) return [];
        const series = labels.findIndex(([label]) => label === trend.label);
        return [{
          kind: "figure",
          path: `plots/trend_${index}.svg`,
          svg: trendPlot(history, trend, { series, look: looks[series] }),
          caption: `${trend.label} at ${formatCount(trend.cell.examples)} examples in ` +
            `${trend.points.length} runs`,
          size: "small",
        }];
      });
      return groups.length > 1 && shown.length > 0 ? [heading(groupText(of), 3), ...shown] : shown;
    });
  return pageOf({
    title: `Gradient benchmarks from ${first} to ${last}`,
    main: printBlocks([
      ...(served?.leftOut ?? []).map((text): Block => ({ kind: "warning", text })),
      { kind: "verdict", text: answer },
      ...others.map(paragraph),
      ...(changed.length === 0 ? [] : [heading("Changes")]),
      ...changeGroups(history, findCommits).flatMap((
        { where, runs, changes, commits },
      ): Block[] => [
        heading(where, 3),
        list([
          ...changes.map(({ text, step, trend }) => ({
            text: `${step.ratio > 1 ? "✗ slower" : "✓ faster"}: ${text}`,
            figure: `trend_${trend}`,
          })),
          ...commits,
          ...(served ? [linksTo(runs)] : []),
        ]),
      ]),
      heading("Trends"),
      paragraph(
        "Time per epoch over the runs, in their order, with intervals, on a logarithmic axis. A dashed line marks a " +
          "change of level with its factor, found by PELT (Killick, Fearnhead and Eckley, JASA 107, 2012, p. 1590).",
      ),
      {
        kind: "switches",
        labels: labels.map(([text], i) => ({ text, colour: colourName(looks[i]) })),
        filter: true,
      },
      ...figures((trend) => !isFolded || changed.includes(trend)),
      ...(isFolded
        ? folded("Trends without a change", figures((trend) => !changed.includes(trend)))
        : []),
      heading("Runs"),
      {
        ...table(
          ["run", "began", "commit", "Slope", "host", numbers("cells")],
          runs.map(({ run, startedAt, gitCommit, slope }, index) => [
            run,
            startedAt,
            gitCommit ?? "unknown",
            slope,
            groups.find((group) => group.runs.includes(index))?.host ?? "unknown",
            formatCount(
              trends.filter(({ points }) => points.some((point) => point.run === index)).length,
            ),
          ]).reverse(),
        ),
        ...(served && { links: runAddresses(runs.map(({ run }) => run)) }),
      },
    ]),
    served,
  });
}

const linksTo = ([a, b]: readonly [string, string]): Item => ({
  text: "The two runs",
  sources: [
    { text: a, url: runAddress(a) },
    { text: b, url: runAddress(b) },
    { text: "compared", url: compareAddress(a, b) },
  ],
});
