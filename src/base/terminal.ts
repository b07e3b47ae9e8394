import process from "node:process";
import { wrap } from "./wrap.ts";

/** Where a command prints: results to standard output, everything else to standard error. */
export interface Terminal {
  /** A line of the result. */
  out(line: string): void;
  /** A line of progress, a warning, an error. */
  note(line: string): void;
  /** Columns of standard output. */
  readonly width: number;
  /** Whether results may be coloured. */
  readonly color: boolean;
  /** Whether standard error is a terminal, so that a bar may move there. */
  readonly live: boolean;
}

/** Ends a command: an invocation gets the terminal and answers with the exit code. */
export type Invocation = (terminal: Terminal, signal: AbortSignal) => Promise<number>;

/** What is asked of an output: each is looked at on its own, because each may be redirected alone. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Columns of what is no terminal, where nobody says. */
const DEFAULT_WIDTH = 100;
/** Fewer or more are no width that anyone reads at. */
const [NARROWEST, WIDEST] = [20, 1000];

/** Columns of an output: of the terminal, as COLUMNS says where there is none, or 100. */
export function widthOf({ columns = 0 }: Output, { COLUMNS }: Environment): number {
  if (columns > 0) return columns;
  const asked = /^\d+$/.test(COLUMNS ?? "") ? Number(COLUMNS) : 0;
  return asked >= NARROWEST && asked <= WIDEST ? asked : DEFAULT_WIDTH;
}

/** Whether an output takes escape sequences: a terminal that knows them, and NO_COLOR is unset (https://no-color.org). */
export const takesColor = ({ isTTY }: Output, { NO_COLOR, TERM }: Environment): boolean =>
  Boolean(isTTY) && TERM !== "dumb" && (NO_COLOR ?? "") === "";

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const live = Boolean(stderr.isTTY) && env.TERM !== "dumb";
  return {
    out: (line) => void stdout.write(line + "\n"),
    // Redirected, a line stays one line, for whoever searches it.
    note: (text) =>
      void stderr.write(
        (stderr.isTTY ? wrapLines(text, widthOf(stderr, env)) : text) + "\n",
      ),
    width: widthOf(stdout, env),
    color: takesColor(stdout, env),
    live,
  };
}

const wrapLines = (text: string, width: number): string =>
  text.split("\n").flatMap((line) => line.length <= width ? [line] : wrap(line, width, "  "))
    .join("\n");
