import type { PeerRatio } from "./peer_ratios.ts";
import type { CellSummary, Summary } from "../src/format/summary.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
} from "../src/report/numbers.ts";
import { reasonsText } from "../src/report/reason_words.ts";

/** How ours and the peers compare, as Markdown: the ratios, then the figures of every cell. */
export function peersPage(ratios: readonly PeerRatio[], summary: Summary): string {
  const problems = [...Map.groupBy(ratios, ({ examples, seed }) => `${examples} ${seed}`).values()];
  const { environment: { cpu, cores, runtimes, peers = {} }, plan } = summary;
  // Peers may each have a Python of their own; which, their versions below tell.
  const ours = Object.entries(runtimes).filter(([name]) => name !== "python");
  return [
    "## Times of ours / times of the peers",
    "",
    `${
      plan.layers.map((one) => one.join("-")).join(", ")
    }, ${plan.rounds} rounds, ${cores} cores of an ${cpu}; ` +
    `${ours.map(([name, version]) => `${name} ${version}`).join(", ")}. ` +
    "Ratio of ns per epoch, below 1 = ours is faster, with its interval (rounds paired; all intervals together hold with 95 %), and " +
    "the ratio that is aimed at.",
    "",
    ...problems.flatMap((entries) => [...ratioTable(entries), ""]),
    ...missing(ratios),
    "## Figures",
    "",
    ...figures(summary),
    "",
    ...Object.entries(peers).map(([name, version]) => `- ${name}: ${version}`),
  ].join("\n");
}

function ratioTable(entries: readonly PeerRatio[]): string[] {
  const { examples, seed } = entries[0];
  const batches = [...new Set(entries.map(({ batchSize }) => batchSize))];
  const titles = [...new Set(entries.map(({ title }) => title))];
  return markdownTable(
    [`m = ${formatCount(examples)}, seed ${seed}`, ...batches.map((b) => `B = ${formatCount(b)}`)],
    titles.map((title) => [
      title,
      ...batches.map((batch) => {
        const entry = entries.find((one) => one.title === title && one.batchSize === batch);
        return entry ? ratioText(entry) : "";
      }),
    ]),
  );
}

function ratioText({ ratio, target, reached, fastest, title }: PeerRatio): string {
  if (ratio === undefined) return "–";
  const value = formatInterval(ratio, (x) => formatNumber(x));
  const aim = target === undefined ? "" : ` (≤ ${target}: ${reached ? "reached" : "not reached"})`;
  return value + aim + (title.includes("best of") ? `, ${fastest}` : "");
}

function missing(ratios: readonly PeerRatio[]): string[] {
  const lines = new Set(ratios.flatMap(({ missing }) => missing ? [missingLine(missing)] : []));
  return lines.size === 0 ? [] : [...lines, ""];
}

const missingLine = ({ names, reasons }: NonNullable<PeerRatio["missing"]>): string =>
  `- no figure of ${names.join(" or ")}: ` +
  (reasons === undefined ? "not part of this run" : reasonsText(reasons));

function figures({ cells, series }: Summary): string[] {
  const row = ({ cell, ...figure }: CellSummary) => [
    series[figure.series].label,
    formatCount(cell.examples),
    formatInterval(figure.nsPerEpoch, formatDuration),
    formatDuration(figure.nsPerExample.value),
    formatPercent(figure.testAccuracy),
    figure.verdict,
  ];
  return markdownTable(
    ["", "m", "per epoch", "per example", "test accuracy", "gradient"],
    cells.map(row),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
