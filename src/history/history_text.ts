import type { History, Trend } from "../format/history.ts";
import { formatCount, formatDuration, formatRatio } from "../report/numbers.ts";
import { paint, type Style } from "../report/terminal_style.ts";
import { wrap } from "../base/wrap.ts";
import { changeGroups, type FindCommits, groupText, overview } from "./history_words.ts";

/** A history as `history` prints it: an overview, the changes, and every cell over time. */
export function historyReport(history: History, findCommits: FindCommits, style: Style): string {
  const sections = [
    overview(history).flatMap((line) => wrap(line, style.width)),
    ...changeGroups(history, findCommits).map(({ where, changes, commits }) => [
      ...wrap(where, style.width).map((line) => paint("bold", line, style)),
      ...changes.flatMap(({ text, step: { ratio, cause } }) =>
        indented(`${ratio > 1 ? "✗" : "✓"} ${text}`, style).map((line) =>
          paint(cause === "machine" ? "dim" : ratio > 1 ? "red" : "green", line, style)
        )
      ),
      ...commits.flatMap((commit) => indented(commit, style)),
    ]),
    ...history.groups.map((_, index) => trendTable(history, index, style)),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

const indented = (text: string, { width }: Style): string[] =>
  wrap(text, width - 2, "  ").map((line) => `  ${line}`);

const BLOCKS = "▁▂▃▄▅▆▇█";
/** The least and greatest width of a trend. */
const [NARROWEST, WIDEST] = [8, 40];

const HEAD = ["series", "m", "runs", "first", "last", "last / first"];
/** The sets of columns that are tried: the trend stays, and no figure is cut. */
const SHOWN = [[0, 1, 2, 3, 4, 5], [0, 1, 3, 4, 5], [0, 1, 4, 5], [0, 1, 5]];

function trendTable(history: History, group: number, style: Style): string[] {
  const rows = history.trends.filter((trend) => trend.group === group).map((trend) => {
    const { points } = trend;
    const [first, last] = [points[0], points[points.length - 1]];
    return {
      trend,
      texts: [
        trend.label,
        formatCount(trend.cell.examples),
        String(points.length),
        formatDuration(first.nsPerEpoch),
        formatDuration(last.nsPerEpoch),
        points.length > 1 ? formatRatio(last.nsPerEpoch / first.nsPerEpoch) : "–",
      ],
    };
  });
  const widths = HEAD.map((title, i) =>
    Math.max(title.length, ...rows.map(({ texts }) => texts[i].length))
  );
  const used = (columns: readonly number[]) =>
    columns.reduce((sum, column) => sum + widths[column] + 2, 0);
  const fits = (columns: readonly number[]) => used(columns) + NARROWEST <= style.width;
  // Where not even the fewest fit, the label of a series stands above its figures.
  const beside = SHOWN.find(fits);
  const columns = beside ?? SHOWN.map(([_, ...figures]) => figures).find(fits) ?? [1, 5];
  const line = (texts: readonly string[]) =>
    columns.map((column) =>
      column === 0 ? texts[column].padEnd(widths[column]) : texts[column].padStart(widths[column])
    ).join("  ");
  const room = Math.max(NARROWEST, Math.min(WIDEST, style.width - used(columns)));
  return [
    ...wrap(groupText(history.groups[group]), style.width)
      .map((text) => paint("bold", text, style)),
    ...(beside ? [] : [paint("dim", HEAD[0], style)]),
    paint("dim", `${line(HEAD)}  ${room < "over time".length ? "trend" : "over time"}`, style),
    ...rows.flatMap(({ trend, texts }, i) => [
      ...(beside || trend.label === rows[i - 1]?.trend.label
        ? []
        : wrap(trend.label, style.width, "  ")),
      `${line(texts)}  ${sparkline(trend, room)}`,
    ]),
  ];
}

/** The newest runs that fit, from the lowest block for the fastest to the highest; ╎ where the level changed. */
function sparkline({ points, steps = [] }: Trend, room: number): string {
  const marks = new Set(steps.map(({ after }) => after));
  const shown = points.slice(-Math.max(1, room - marks.size));
  const from = points.length - shown.length;
  const logs = shown.map(({ nsPerEpoch }) => Math.log(nsPerEpoch));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  // Differences below 3 % must look flat.
  const span = Math.max(high - low, Math.log(1.03));
  return logs.map((log, i) => {
    const block =
      BLOCKS[Math.min(BLOCKS.length - 1, Math.floor((log - low) / span * BLOCKS.length))];
    return (marks.has(from + i) ? "╎" : "") + block;
  }).join("");
}
