import { merge, message, object, option, optional, text, withDefault } from "@optique/core";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../base/errors.ts";
import { whyUnreadable } from "../base/files.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { FORMATS, writeReports } from "../report/all_formats.ts";
import { counted } from "../report/numbers.ts";
import { type VerifiedPage, verifyPage } from "../report/page/verify_page.ts";
import { terminalReport, verboseReport } from "../report/terminal_report.ts";
import { wrap } from "../base/wrap.ts";
import { findRunFolder } from "../sweep/run_folder.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  outOption,
  type PrintFormat,
  textArgument,
  textOption,
  verboseOption,
} from "./options.ts";
import { print, readNamedRun } from "./output.ts";
import type { Terminal } from "../base/terminal.ts";
import { choiceList, oneOf } from "./values.ts";

const FORMAT_NAMES = FORMATS.map(({ name }) => name);

const options = merge(
  object({
    run: optional(textArgument(
      "RUN",
      message`Folder of a run (default: latest). With --verify, the run that the page should show.`,
    )),
    formats: optional(option("--format", choiceList("FORMATS", FORMAT_NAMES), {
      description: message`Which files to write, separated by commas: ${
        text(FORMAT_NAMES.join(", "))
      } (default: ${
        text(FORMATS.filter(({ onDemand }) => !onDemand).map(({ name }) => name).join(", "))
      }).`,
    })),
    print: withDefault(
      option("--print", oneOf("FORMAT", ["text", "json"]), {
        description:
          message`What to print on standard output: text (default), or json: the summary, or what --verify found.`,
      }),
      "text" as PrintFormat,
    ),
    verify: textOption(
      "--verify",
      "PAGE",
      message`Recompute a report.html from the raw samples in it, and say whether it is the same.`,
    ),
  }),
  outOption,
  verboseOption,
);

const texts = { brief: BRIEFS.report };

export const reportCommand = action("report", options, texts, async (given, terminal) => {
  if (given.verify !== undefined) {
    const run = given.run === undefined
      ? undefined
      : readNamedRun(await findRunFolder(given.run, given.out), terminal);
    const found = verifyPage(readPage(given.verify), given.verify, run);
    return tellVerified(given.verify, found, given.print, terminal);
  }
  const folder = await findRunFolder(given.run ?? "latest", given.out);
  const raw = readNamedRun(folder, terminal);
  const { summary } = raw;
  const written = await writeReports(folder, summary, raw, given.formats);
  print(
    given.print,
    terminal,
    summary,
    () => given.verbose ? verboseReport(summary, terminal) : terminalReport(summary, terminal),
  );
  terminal.note(`wrote ${wroteText(folder, written)}`);
  return 0;
});

/** "results/…: report.html, cells.csv, 12 plots": one line, however many there are. */
function wroteText(folder: string, paths: readonly string[]): string {
  if (paths.length === 1) return join(folder, paths[0]);
  const byFolder = Map.groupBy(paths, dirname);
  const names = [...byFolder].flatMap(([under, files]) =>
    under === "." ? files : [`${under}/ (${counted(files.length, "file")})`]
  );
  return `${folder}: ${names.join(", ")}`;
}

/** More differences than this are counted, not listed. */
const MOST_LISTED = 20;

/** The exit code: 1 when the page does not follow from its records, or these differ from the run's. */
function tellVerified(
  path: string,
  found: VerifiedPage,
  format: PrintFormat,
  terminal: Terminal,
): number {
  const { slope: version, differences, records = [] } = found;
  print(format, terminal, { page: path, ...found }, () => foundLines(path, found, terminal.width));
  if (differences.length > 0 && version !== SLOPE_VERSION) {
    terminal.note(
      `Slope ${version ?? "of an unknown version"} made it and this is ${SLOPE_VERSION}: ` +
        "words may differ where figures agree.",
    );
  }
  return differences.length + records.length === 0 ? 0 : 1;
}

function foundLines(
  path: string,
  { trials, samples, sha256, differences, records }: VerifiedPage,
  width: number,
): string[] {
  const sentences = [
    differences.length === 0
      ? `${path}: every figure follows from the ${counted(samples, "sample")} of ` +
        `${counted(trials, "trial")} inside.`
      : `${path}: ${doNot(differences.length, "place")} follow from the samples inside:`,
    ...listed(differences.map(({ under, said, recomputed }) => {
      const from = firstApart(said, recomputed);
      return `${under}: says ${quoted(said, from)}, recomputed ${quoted(recomputed, from)}`;
    })),
    `SHA-256 of its records: ${sha256}`,
  ];
  if (records !== undefined) {
    sentences.push(
      records.length === 0
        ? "Every record is the same as in the run."
        : `${doNot(records.length, "part")} agree with the records of the run:`,
      ...listed(
        records.map(({ record, field, page, run }) =>
          `${record}${field === undefined ? "" : `: ${field}`}: the page has ${shortened(page)}, ` +
          `the run ${shortened(run)}`
        ),
      ),
    );
  }
  return sentences.flatMap((sentence) => wrap(sentence, width, "    "));
}

const listed = (texts: readonly string[]): string[] => [
  ...texts.slice(0, MOST_LISTED).map((text) => `• ${text}`),
  ...texts.length > MOST_LISTED ? [`… and ${texts.length - MOST_LISTED} more`] : [],
];

const doNot = (count: number, what: string): string =>
  `${counted(count, what)} ${count === 1 ? "does" : "do"} not`;

function readPage(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(
      `Cannot read page "${path}": ${whyUnreadable(error)}`,
      "name a report.html",
      { cause: error },
    );
  }
}

/** Characters of a text that are shown, and how many of them before the first difference. */
const [MOST_SHOWN, BEFORE] = [160, 30];

function firstApart(a = "", b = ""): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** A text from a little before `from`, where it begins to differ. */
function quoted(text: string | undefined, from: number): string {
  if (text === undefined) return "nothing";
  const start = text.length <= MOST_SHOWN ? 0 : Math.max(0, from - BEFORE);
  return JSON.stringify((start > 0 ? "…" : "") + shortened(text.slice(start)));
}

const shortened = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
