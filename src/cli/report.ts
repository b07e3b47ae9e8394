import { counted } from "../report/numbers.ts";
import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { summarise } from "../summary/summarise.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { FORMATS } from "../report/all_formats.ts";
import type { RawRun } from "../report/page/raw_run.ts";
import { type VerifiedPage, verifyPage } from "../report/page/verify_page.ts";
import { terminalReport } from "../report/terminal_report.ts";
import { wrap } from "../base/wrap.ts";
import { writeReports } from "../report/write_reports.ts";
import { findRunFolder, readRun } from "../sweep/run_folder.ts";
import { outOption } from "./options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { choiceList } from "./values.ts";

const FORMAT_NAMES = FORMATS.map(({ name }) => name);

const options = merge(
  object({
    run: optional(argument(string({ metavar: "RUN" }), {
      description:
        message`Folder of a run (default: latest); with --verify, the run that the page is to be of.`,
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
        message`Make a report.html again from the raw samples inside and say whether it is the same.`,
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
  if (given.verify !== undefined) {
    const run = given.run === undefined
      ? undefined
      : readRawRun(await findRunFolder(given.run, given.out), terminal);
    const found = verifyPage(readPage(given.verify), given.verify, run);
    return tellVerified(given.verify, found, given.print, terminal);
  }
  const folder = await findRunFolder(given.run ?? "latest", given.out);
  const raw = readRawRun(folder, terminal);
  const summary = summarise(raw.run, raw.trials, raw.name);
  const written = await writeReports(folder, summary, raw, given.formats);
  if (given.print === "json") terminal.out(JSON.stringify(summary, undefined, 2));
  else terminal.out(terminalReport(summary, { width: terminal.width, color: terminal.color }));
  written.forEach((path) => terminal.note(`wrote ${join(folder, path)}`));
  return 0;
}

function readRawRun(folder: string, terminal: Terminal): RawRun {
  const { run, trials, cutBytes } = readRun(folder);
  if (cutBytes > 0) {
    terminal.note(`warning: the last line of trials.jsonl is cut (${cutBytes} bytes): left out`);
  }
  return { name: basename(folder), run, trials };
}

/** More differences than this are counted, not listed. */
const MOST_LISTED = 20;

/** 1 when the page is not what its records give, or its records are not those of the run. */
function tellVerified(
  path: string,
  found: VerifiedPage,
  print: "text" | "json",
  terminal: Terminal,
): number {
  const { slope: version, differences, records = [] } = found;
  if (print === "json") terminal.out(JSON.stringify({ page: path, ...found }, undefined, 2));
  else tellFound(path, found, terminal);
  if (differences.length > 0 && version !== SLOPE_VERSION) {
    terminal.note(
      `It was made by Slope ${version ?? "of an unknown version"}, this is ${SLOPE_VERSION}: ` +
        "other words need not be other figures.",
    );
  }
  return differences.length + records.length === 0 ? 0 : 1;
}

function tellFound(
  path: string,
  { trials, samples, sha256, differences, records }: VerifiedPage,
  terminal: Terminal,
): void {
  const tell = (text: string) => wrap(text, terminal.width, "    ").forEach(terminal.out);
  const tellAll = (texts: readonly string[]) => {
    texts.slice(0, MOST_LISTED).forEach((text) => tell(`• ${text}`));
    if (texts.length > MOST_LISTED) tell(`… and ${texts.length - MOST_LISTED} more`);
  };
  tell(
    differences.length === 0
      ? `${path}: every figure follows from the ${counted(samples, "sample")} of ` +
        `${counted(trials, "trial")} inside.`
      : `${path}: ${doNot(differences.length, "place")} follow from the samples inside:`,
  );
  tellAll(differences.map(({ under, said, recomputed }) => {
    const from = firstApart(said, recomputed);
    return `${under}: says ${quoted(said, from)}, recomputed ${quoted(recomputed, from)}`;
  }));
  tell(`SHA-256 of its records: ${sha256}`);
  if (records === undefined) return;
  tell(
    records.length === 0
      ? "The records are those of the run, every one."
      : `${doNot(records.length, "part")} agree with the records of the run:`,
  );
  tellAll(
    records.map(({ record, field, page, run }) =>
      `${record}${field === undefined ? "" : `: ${field}`}: the page has ${shortened(page)}, ` +
      `the run ${shortened(run)}`
    ),
  );
}

const doNot = (count: number, what: string): string =>
  `${counted(count, what)} ${count === 1 ? "does" : "do"} not`;

function readPage(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(
      `Cannot read page "${path}": ${messageOf(error)}`,
      "name a report.html",
      { cause: error },
    );
  }
}

/** So much of a text is shown, with so much of what is the same before it. */
const [MOST_SHOWN, BEFORE] = [160, 30];

function firstApart(a = "", b = ""): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** A text from a little before `from`, which is where it differs from another. */
function quoted(text: string | undefined, from: number): string {
  if (text === undefined) return "nothing";
  const start = text.length <= MOST_SHOWN ? 0 : Math.max(0, from - BEFORE);
  return JSON.stringify((start > 0 ? "…" : "") + shortened(text.slice(start)));
}

const shortened = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
