import { basename } from "node:path";
import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { compareRuns } from "../compare/compare_runs.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { comparisonReport } from "../report/comparison_text.ts";
import { comparisonPage } from "../compare/comparison_page.ts";
import { findRunFolder, readRun } from "../sweep/run_folder.ts";
import { gate } from "../compare/gate.ts";
import { formatOption, gateOptions, outOption, pageOption } from "./options.ts";
import { writePage } from "./write_page.ts";
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
      message`Compares the cells that two runs of one machine share, and tells why others are not compared. Ratio = B / A of time per epoch.`,
  },
);

async function compare(given: InferValue<typeof options>, terminal: Terminal): Promise<number> {
  const a = await readNamed(given.a, given.out, terminal);
  const b = await readNamed(given.b, given.out, terminal);
  const comparison = compareRuns(a, b, given.threshold);
  if (given.format === "json") terminal.out(JSON.stringify(comparison, undefined, 2));
  else terminal.out(comparisonReport(comparison, { width: terminal.width, color: terminal.color }));
  if (given.page !== undefined) {
    await writePage(given.page, comparisonPage(comparison), terminal);
  }
  return gate(comparison, given.failOn, terminal);
}

async function readNamed(given: string, out: string, terminal: Terminal): Promise<NamedRun> {
  const folder = await findRunFolder(given, out);
  const { run, trials, cutBytes } = readRun(folder);
  if (cutBytes > 0) {
    terminal.note(
      `warning: the last line of ${given}'s trials.jsonl is cut (${cutBytes} bytes): left out`,
    );
  }
  return { name: basename(folder), run, trials };
}
