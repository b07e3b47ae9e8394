import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { compareRuns } from "../compare/compare_runs.ts";
import { comparisonReport } from "../report/comparison_text.ts";
import { comparisonPage } from "../compare/comparison_page.ts";
import { findRunFolder } from "../sweep/run_folder.ts";
import { gate } from "../compare/gate.ts";
import { formatOption, gateOptions, outOption, pageOption } from "./options.ts";
import { print, readNamedRun, writePage } from "./output.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";

const options = merge(
  object({
    a: argument(string({ metavar: "A" }), {
      description: message`The run before: its folder, its name under --out, or latest.`,
    }),
    b: argument(string({ metavar: "B" }), {
      description: message`The run after.`,
    }),
  }),
  pageOption,
  gateOptions,
  formatOption,
  outOption,
);

export const compareCommand = command(
  "compare",
  map(options, (given): Invocation => (terminal) => compare(given, terminal)),
  {
    brief: message`Two runs: ratio, interval, verdict; exit code 1 on a regression.`,
    description:
      message`Compares the cells that two runs of one machine share, and says why others are not compared. Ratios are B / A of the time per epoch.`,
  },
);

async function compare(given: InferValue<typeof options>, terminal: Terminal): Promise<number> {
  const folders = [
    await findRunFolder(given.a, given.out),
    await findRunFolder(given.b, given.out),
  ];
  const [a, b] = folders.map((folder) => readNamedRun(folder, terminal));
  const comparison = compareRuns(a, b, given.threshold);
  print(given.format, terminal, comparison, () => comparisonReport(comparison, terminal));
  if (given.page !== undefined) {
    await writePage(given.page, comparisonPage(comparison), terminal);
  }
  return gate(comparison, given.failOn, terminal);
}
