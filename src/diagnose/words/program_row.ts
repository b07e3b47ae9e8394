import { dirname, join, relative, sep } from "node:path";
import { programName } from "../../base/program_name.ts";
import type { Agreement, Finding } from "../../format/finding.ts";
import { counted, formatError, formatExact } from "../../report/numbers.ts";
import { errorTextBeside, reasonText } from "../../report/reason_words.ts";
import { faultsOf, type Outcome, outcomeOf, sorted } from "../folder/classes.ts";
import type { ExaminedFiles, ExaminedProgram } from "../folder/examine_many.ts";
import { className } from "./class_words.ts";
import type { Language } from "./told.ts";
import { listInWords } from "./plain_words.ts";

/** One program of many, in the words of a table. */
export interface ProgramRow {
  readonly mark: "✓" | "✗" | "–";
  /** The file, and the program where the file has another name or several. */
  readonly name: string;
  readonly verdict: string;
  /** The most important fault, or why there is no answer. */
  readonly cause: string;
  /** "1, 2"; empty where none is concerned. */
  readonly layers: string;
  readonly sure: string;
}

const VERDICTS: Readonly<Record<Outcome, string>> = {
  "right": "right",
  "wrong-elsewhere": "wrong elsewhere",
  "right-until-large": "right until large",
  "right-up-to-a-constant": "off by a constant",
  "right-for-another-convention": "other convention",
  "wrong": "wrong",
  "wrong-update": "wrong update",
  "not-reproducible": "not reproducible",
  "needs-a-change": "training or speed",
  "not-examined": "not examined",
  "skipped": "skipped",
};

/** Sorted rows. */
export function rowsOf(programs: readonly ExaminedProgram[]): ProgramRow[] {
  const folder = folderOf(programs.map(({ file }) => file));
  return sorted(programs).map((one) => rowOf(one, folder));
}

/** The row of a program in this folder. */
export function rowOf(one: ExaminedProgram, folder: string): ProgramRow {
  const outcome = outcomeOf(one);
  const [first, ...others] = faultsOf(one);
  // A fault that was found counts, whatever an interruption left out.
  const failure = first && one.diagnosis?.interrupted ? undefined : failureText(one);
  return {
    mark: outcome === "right" ? "✓" : outcome === "skipped" ? "–" : "✗",
    name: nameOf(one, folder),
    verdict: VERDICTS[outcome],
    cause: first === undefined
      ? failure ?? ""
      : causeText(first) + (others.length > 0 ? `, and ${counted(others.length, "other")}` : "") +
        (failure === undefined ? "" : `; ${failure}`),
    layers: first?.layers.join(", ") ?? "",
    sure: first === undefined ? "" : surenessText(first),
  };
}

/** "omits the output's derivative" */
const causeText = (finding: Finding): string =>
  className(finding.id, 1) +
  ("factor" in finding && finding.factor !== 1 ? ` (factor ${formatExact(finding.factor)})` : "");

/** The folder that holds all of them, whose name need not stand in every row. */
export const folderOf = (files: readonly string[]): string =>
  files.map(dirname).reduce((common, one) => {
    let folder = common;
    while (one !== folder && !one.startsWith(join(folder, sep)) && folder !== dirname(folder)) {
      folder = dirname(folder);
    }
    return folder;
  });

/** "2 files hold no program: common.py, util.ts."; nothing where every file holds one. */
export function withoutProgramTexts({ programs, withoutProgram: files }: ExaminedFiles): string[] {
  if (files.length === 0) return [];
  const folder = folderOf([...programs.map(({ file }) => file), ...files]);
  const names = files.map((file) => relative(folder, file)).join(", ");
  const verb = files.length === 1 ? "holds" : "hold";
  return [`${counted(files.length, "file")} ${verb} no program: ${names}.`];
}

/** A file within this folder, with its program where that has another name. */
function nameOf({ file, program }: ExaminedProgram, folder: string): string {
  const path = relative(folder, file);
  return program === undefined || program === programName(path) ? path : `${path} · ${program}`;
}

/** Why a program was not examined, or not to the end; undefined where it was. */
export function failureText(
  { diagnosis, refused, skipped }: ExaminedProgram,
): string | undefined {
  if (refused) return errorTextBeside(refused);
  if (skipped) return reasonText(skipped);
  const { failures, interrupted } = diagnosis!; // without one, the program was refused or skipped
  return failures.length === 0
    ? interrupted && `${listInWords(interrupted)}: interrupted`
    : `${listInWords(failures.map(({ subject }) => subject))}: ${reasonText(failures[0].failure)}`;
}

/** The relative error that the formula leaves in fresh minibatches, or what else it rests on. */
function surenessText(finding: Finding): string {
  const agreement = agreementOf(finding);
  if (agreement) return `error ${formatError(agreement.error, 1)}`;
  return finding.id === "unexplained"
    ? "no formula fits"
    : "found" in finding && finding.found !== undefined
    ? "single rows only"
    : "measured";
}

export const agreementOf = (finding: Finding): Agreement | undefined =>
  "agreement" in finding ? finding.agreement : undefined;

export const languageOf = ({ file }: ExaminedProgram): Language =>
  file.endsWith(".py") ? "python" : "typescript";
