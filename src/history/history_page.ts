import type { History } from "../format/history.ts";
import {
  type Block,
  heading,
  type Item,
  list,
  numbers,
  paragraph,
  type ReportDocument,
  table,
  words,
} from "../report/document.ts";
import { formatCount } from "../report/numbers.ts";
import { printBlocks } from "../report/page/blocks.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { compareAddress, runAddress, runAddresses, type Served } from "../report/page/links.ts";
import { trendPlot } from "./trend_plot.ts";
import { changeGroups, type FindCommits, groupText, overview } from "./history_words.ts";

/** A served history also shows the runs that could not be read. */
interface ServedHistory extends Served {
  readonly leftOut: readonly string[];
}

/** A history as a page in one file, with links to its runs where it is served. */
export function historyPage(
  history: History,
  findCommits: FindCommits,
  served?: ServedHistory,
): string {
  const { title, blocks } = historyDocument(history, findCommits, served);
  return pageOf({ title, main: printBlocks(blocks), served });
}

function historyDocument(
  history: History,
  findCommits: FindCommits,
  served: ServedHistory | undefined,
): ReportDocument {
  const { runs, trends, groups } = history;
  const first = runs[0]?.startedAt.slice(0, 10);
  const last = runs[runs.length - 1]?.startedAt.slice(0, 10);
  const labels = [...new Set(trends.map(({ label }) => label))];
  return {
    title: `Gradient benchmarks from ${first} to ${last}`,
    blocks: [
      ...(served?.leftOut ?? []).map((text): Block => ({ kind: "warning", text })),
      heading("Changes"),
      list(overview(history)),
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
      { kind: "switches", labels },
      ...groups.flatMap((of, group): Block[] => [
        ...(groups.length > 1 ? [heading(groupText(of), 3)] : []),
        ...trends.flatMap((trend, index): Block[] =>
          trend.group === group
            ? [{
              kind: "figure",
              path: `plots/trend_${index}.svg`,
              svg: trendPlot(history, trend, labels.indexOf(trend.label)),
              caption: `${trend.label} at ${formatCount(trend.cell.examples)} examples in ` +
                `${trend.points.length} runs`,
              size: "small",
            }]
            : []
        ),
      ]),
      heading("Runs"),
      {
        ...table(
          [
            words("run"),
            words("began"),
            words("commit"),
            words("Slope"),
            words("host"),
            numbers("cells"),
          ],
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
    ],
  };
}

const linksTo = ([a, b]: readonly [string, string]): Item => ({
  text: "The two runs",
  sources: [
    { text: a, url: runAddress(a) },
    { text: b, url: runAddress(b) },
    { text: "compared", url: compareAddress(a, b) },
  ],
});
