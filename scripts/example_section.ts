import type { Summary } from "../src/format/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "../src/report/choice_words.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
} from "../src/report/numbers.ts";

/** The README's table: every implementation at some sizes, with the figures that decide. */
function table(summary: Summary): string {
  const sizes = [...new Set(summary.cells.map(({ cell }) => cell.examples))].sort((a, b) => a - b);
  const shown = [sizes[0], sizes[sizes.length >> 1], sizes[sizes.length - 1]];
  const cellOf = (series: number, examples: number) =>
    summary.cells.find((cell) => cell.series === series && cell.cell.examples === examples);
  const rows = summary.series.map(({ label }, series) => {
    const cells = shown.map((examples) => cellOf(series, examples));
    const largest = cells[cells.length - 1];
    const law = summary.scalingLaws.find((one) => one.series === series);
    return [
      `\`${label}\``,
      ...cells.map((cell) => cell ? formatDuration(cell.nsPerExample.value) : "–"),
      largest?.speedup ? formatInterval(largest.speedup, (x) => `${x.toFixed(2)} ×`) : "–",
      law ? formatInterval(law.exponent, (x) => x.toFixed(3)) : "–",
      ...[cells[0], largest].map((cell) => cell ? formatPercent(cell.testAccuracy) : "–"),
    ];
  });
  const first = formatCount(shown[0]);
  const last = formatCount(shown[shown.length - 1]);
  const head = [
    "implementation",
    ...shown.map((examples) => `per example, m = ${formatCount(examples)}`),
    `speedup, m = ${last}`,
    "exponent k",
    `accuracy, m = ${first}`,
    `accuracy, m = ${last}`,
  ];
  return [head, head.map((_, i) => i === 0 ? "---" : "---:"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** What the README shows of the example run: its terms, a table and two plots, as Markdown. */
export function exampleSection(summary: Summary): string {
  const { plan, environment, counts, time } = summary;
  const runtimes = Object.entries(environment.runtimes).map(([name, version]) =>
    `${name} ${version}`
  );
  return [
    `Real MNIST, ${plan.layerSizes.join("-")}, minibatches of ${plan.batchSizes.join(", ")}, ` +
    `${plan.epochs} epochs, ${plan.rounds} rounds, on ${environment.cores} cores of an ` +
    `${environment.cpu}, ${runtimes.join(", ")}; ${counts.ok} trials in ` +
    `${formatDuration(time.wallNs)}, ${
      formatPercent(time.measuredShare, 0)
    } of it in training and ` +
    `samples. Figures are medians, in brackets 95 % intervals. The report begins:`,
    "",
    `> **${choiceSentences(summary).join(" ")}**`,
    ">",
    `> ${[...rivalSentences(summary), ...whySentences(summary)].join(" ")}`,
    "",
    table(summary),
    "",
    "![Time per epoch over the number of examples, log-log](results/example/plots/time.svg)",
    "",
    "![Test accuracy over the number of examples](results/example/plots/accuracy.svg)",
  ].join("\n");
}
