/** What a step of a workflow tells the machine that runs it: files named by variables, and lines with a prefix. */
import { appendFileSync } from "node:fs";
import { randomUUID } from "node:crypto";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A remark on a file of the repository, shown beside it in a pull request. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  /** Relative to the repository. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** "::error file=a.ts,line=3,title=Wrong gradient::…", as the runner reads it from standard output. */
export function annotationLine({ level, title, message, file, line }: Annotation): string {
  const place = (file === undefined ? "" : `file=${property(file)},`) +
    (line === undefined ? "" : `line=${line},`);
  return `::${level} ${place}title=${property(title)}::${data(message)}`;
}

/** Sets outputs of the step. Values may have several lines. */
export function setOutputs(
  { GITHUB_OUTPUT }: Environment,
  outputs: Readonly<Record<string, string>>,
): void {
  if (GITHUB_OUTPUT === undefined) return;
  for (const [name, value] of Object.entries(outputs)) {
    const end = `end-${randomUUID()}`; // no value has it
    appendFileSync(GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}\n`);
  }
}

/** The largest summary that a step may write, in bytes. */
const MOST_BYTES = 1024 * 1024;

/** Adds Markdown to the summary of the job; what is too large would be dropped wholly, and is left out. */
export function addToSummary({ GITHUB_STEP_SUMMARY }: Environment, markdown: string): void {
  if (GITHUB_STEP_SUMMARY === undefined) return;
  const isTooLarge = new TextEncoder().encode(markdown).length > MOST_BYTES;
  const text = isTooLarge ? "The summary is too large to be shown: see the report.\n" : markdown;
  appendFileSync(GITHUB_STEP_SUMMARY, text);
}
