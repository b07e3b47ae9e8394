import { counted } from "../src/report/numbers.ts";
import { terminalReport } from "../src/report/terminal_report.ts";
import type { Summary } from "../src/format/summary.ts";

/** The README's part on the example run, as Markdown: what `bench` printed at its end, and two plots. */
export function exampleSection(summary: Summary): string {
  const { environment } = summary;
  const runtimes = Object.entries(environment.runtimes).map(([name, version]) =>
    `${name} ${version}`
  );
  return [
    `On ${counted(environment.cores, "core")} of an ${environment.cpu}, with ${
      runtimes.join(", ")
    }, ` +
    "`bench` said:",
    "",
    "```text",
    terminalReport(summary, { width: 80, color: false }).trim(),
    "```",
    "",
    "![Time per epoch over the number of examples, log-log](results/example/plots/time.svg)",
    "",
    "![Test accuracy over the number of examples](results/example/plots/accuracy.svg)",
  ].join("\n");
}
