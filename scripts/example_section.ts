import type { Summary } from "../src/format/summary.ts";
import { timeShare } from "../src/report/key_results.ts";
import { exponentText } from "../src/report/scaling_section.ts";
import { choiceSentences, rivalSentences, whySentences } from "../src/report/choice_words.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatRatio,
} from "../src/report/numbers.ts";

/** Every implementation at some sizes m, with the figures that decide. */
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
      largest?.speedup ? formatInterval(largest.speedup, formatRatio) : "–",
      law ? exponentText(law) : "–",
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

/** The README's part on the example run, as Markdown: terms, a table and two plots. */
export function exampleSection(summary: Summary): string {
  const { plan, environment, counts } = summary;
  const runtimes = Object.entries(environment.runtimes).map(([name, version]) =>
    `${name} ${version}`
  );
  return [
    `Real MNIST, ${plan.layers.map((one) => one.join("-")).join(", ")}, minibatches of ${
      plan.batchSizes.join(", ")
    }, ` +
    `${counted(plan.epochs, "epoch")}, ${counted(plan.rounds, "round")}, on ` +
    `${counted(environment.cores, "core")} of an ${environment.cpu}, ${runtimes.join(", ")}: ` +
    `${counted(counts.ok, "trial")}; ${
      timeShare(summary)
    }. Figures are medians, with 95 % intervals ` +
    "in brackets; those of speedups hold for all comparisons together. The report begins:",
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
