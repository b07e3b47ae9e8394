import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { basename, join } from "node:path";
import { summarise } from "../analysis/summarise.ts";
import { FORMATS } from "../report/formats.ts";
import { terminalReport } from "../report/terminal.ts";
import { writeReports } from "../report/write.ts";
import { findRunFolder, readRun } from "../sweep/run_folder.ts";
import { outOption } from "./options.ts";
import type { Invocation, Terminal } from "./terminal.ts";
import { choiceList } from "./values.ts";

const FORMAT_NAMES = FORMATS.map(({ name }) => name);

const options = merge(
  object({
    run: optional(argument(string({ metavar: "RUN" }), {
      description: message`Folder of a run (default: latest).`,
    })),
    formats: optional(option("--format", choiceList("FORMATS", FORMAT_NAMES), {
      description: message`Only these, separated by commas: ${
        text(FORMAT_NAMES.join(", "))
      } (default: ${
        text(FORMATS.filter(({ onDemand }) => !onDemand).map(({ name }) => name).join(", "))
      }).`,
    })),
  }),
  outOption,
);

export const reportCommand = command(
  "report",
  map(options, (given): Invocation => (terminal) => report(given, terminal)),
  { brief: message`Render a run again, byte for byte the same.` },
);

async function report(given: InferValue<typeof options>, terminal: Terminal): Promise<number> {
  const folder = await findRunFolder(given.run ?? "latest", given.out);
  const { run, trials, cutBytes } = readRun(folder);
  if (cutBytes > 0) {
    terminal.note(`warning: the last line of trials.jsonl is cut (${cutBytes} bytes): left out`);
  }
  const summary = summarise(run, trials, basename(folder));
  const written = await writeReports(folder, summary, given.formats);
  terminal.out(terminalReport(summary, { width: terminal.width, color: terminal.color }));
  written.forEach((path) => terminal.note(`wrote ${join(folder, path)}`));
  return 0;
}
