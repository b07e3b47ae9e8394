import process from "node:process";
import { printable } from "./printable.ts";
import { wrap } from "./wrap.ts";

/** Where a command prints: results on standard output, everything else on standard error. */
export interface Terminal {
  /** Prints a line of the result. */
  out(line: string): void;
  /** Prints a line of progress, a warning or an error. */
  note(line: string): void;
  readonly width: number;
  readonly color: boolean;
  /** Whether standard error is a terminal, so that a bar may move there. */
  readonly live: boolean;
}

/** A command with its options: runs on a terminal and returns the exit code. */
export type Invocation = (terminal: Terminal, signal: AbortSignal) => Promise<number>;

/** What matters of standard output or standard error, either of which may be redirected. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_WIDTH = 100;
/** Other values of COLUMNS are ignored: nobody reads at such a width. */
const [NARROWEST, WIDEST] = [20, 1000];

/** Columns of an output: those of the terminal, else COLUMNS, else 100. */
export function widthOf({ columns = 0 }: Output, { COLUMNS }: Environment): number {
  if (columns > 0) return columns;
  const asked = /^\d+$/.test(COLUMNS ?? "") ? Number(COLUMNS) : 0;
  return asked >= NARROWEST && asked <= WIDEST ? asked : DEFAULT_WIDTH;
}

/** Whether an output takes escape sequences: a terminal that knows them, without NO_COLOR (https://no-color.org). */
export const takesColor = ({ isTTY }: Output, { NO_COLOR, TERM }: Environment): boolean =>
  Boolean(isTTY) && TERM !== "dumb" && (NO_COLOR ?? "") === "";

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const live = Boolean(stderr.isTTY) && env.TERM !== "dumb";
  return {
    out: (line) => void stdout.write(printable(line) + "\n"),
    // Redirected, a line stays whole, so that it can be searched.
    note: (text) =>
      void stderr.write(
        (stderr.isTTY ? wrapLines(printable(text), widthOf(stderr, env)) : printable(text)) + "\n",
      ),
    width: widthOf(stdout, env),
    color: takesColor(stdout, env),
    live,
  };
}

const wrapLines = (text: string, width: number): string =>
  text.split("\n").flatMap((line) => line.length <= width ? [line] : wrap(line, width, "  "))
    .join("\n");
