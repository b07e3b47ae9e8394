import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { summarise } from "../analysis/summarise.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { FORMATS } from "../report/formats.ts";
import { htmlFormat } from "../report/html.ts";
import { differences } from "../report/page/differences.ts";
import { extractRawRun, withoutRawRun } from "../report/page/raw_run.ts";
import { withoutServed } from "../report/page/served.ts";
import { terminalReport } from "../report/terminal.ts";
import { counted } from "../report/terms.ts";
import { wrap } from "../report/wrap.ts";
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
      description: message`Which files to write, separated by commas: ${
        text(FORMAT_NAMES.join(", "))
      } (default: ${
        text(FORMATS.filter(({ onDemand }) => !onDemand).map(({ name }) => name).join(", "))
      }).`,
    })),
    print: withDefault(
      option("--print", choice(["text", "json"], { metavar: "FORMAT" }), {
        description:
          message`What to print on standard output: text (default), or json: the summary, or what --verify found.`,
      }),
      "text" as const,
    ),
    verify: optional(option("--verify", string({ metavar: "PAGE" }), {
      description:
        message`Recompute a report.html from the raw samples inside and say whether it says the same.`,
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
  if (given.verify !== undefined) return await verify(given.verify, given.print, terminal);
  const folder = await findRunFolder(given.run ?? "latest", given.out);
  const { run, trials, cutBytes } = readRun(folder);
  if (cutBytes > 0) {
    terminal.note(`warning: the last line of trials.jsonl is cut (${cutBytes} bytes): left out`);
  }
  const name = basename(folder);
  const summary = summarise(run, trials, name);
  const written = await writeReports(folder, summary, { name, run, trials }, given.formats);
  if (given.print === "json") terminal.out(JSON.stringify(summary, undefined, 2));
  else terminal.out(terminalReport(summary, { width: terminal.width, color: terminal.color }));
  written.forEach((path) => terminal.note(`wrote ${join(folder, path)}`));
  return 0;
}

/** More differences than this are counted, not listed. */
const MOST_LISTED = 20;

/** 1 when the page says something that does not follow from its raw samples. */
async function verify(
  path: string,
  print: "text" | "json",
  terminal: Terminal,
): Promise<number> {
  const saved = readPage(path);
  const raw = extractRawRun(saved, path);
  const { name, run, trials } = raw;
  const page = withoutServed(saved, name); // it may have been saved from `serve`
  const [{ content }] = await htmlFormat.render(summarise(run, trials, name), raw);
  const found = differences(withoutRawRun(page), withoutRawRun(content));
  const samples = trials.reduce((sum, { samplesNs }) => sum + samplesNs.length, 0);
  const version = /<meta name="generator" content="Slope ([^"]*)">/.exec(page)?.[1];
  const tell = (text: string) => wrap(text, terminal.width, "    ").forEach(terminal.out);
  if (print === "json") {
    const madeBy = version === undefined ? {} : { slope: version };
    const told = { page: path, ...madeBy, trials: trials.length, samples, differences: found };
    terminal.out(JSON.stringify(told, undefined, 2));
  } else if (found.length === 0) {
    tell(
      `${path}: every figure follows from the ${counted(samples, "sample")} of ` +
        `${counted(trials.length, "trial")} inside.`,
    );
  } else {
    tell(
      `${path}: ${found.length} place${
        found.length === 1 ? " does" : "s do"
      } not follow from the samples inside:`,
    );
    for (const { under, said, recomputed } of found.slice(0, MOST_LISTED)) {
      tell(`• ${under}: says ${quoted(said)}, recomputed ${quoted(recomputed)}`);
    }
    if (found.length > MOST_LISTED) tell(`… and ${found.length - MOST_LISTED} more`);
  }
  if (found.length === 0) return 0;
  if (version !== SLOPE_VERSION) {
    terminal.note(
      `It was made by Slope ${version ?? "of an unknown version"}, this is ${SLOPE_VERSION}: ` +
        "other words need not be other figures.",
    );
  }
  return 1;
}

function readPage(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(
      `Cannot read page "${path}": ${messageOf(error)}`,
      "name a report.html",
      { cause: error },
    );
  }
}

const quoted = (text: string): string =>
  JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text);
