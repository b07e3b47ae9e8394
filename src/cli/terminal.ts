import process from "node:process";

/** Where a command prints: results to standard output, everything else to standard error. */
export interface Terminal {
  /** A line of the result. */
  out(line: string): void;
  /** A line of progress, a warning, an error. */
  note(line: string): void;
  /** Columns of standard output. */
  readonly width: number;
  /** Whether results may be coloured: a terminal, and NO_COLOR is unset (https://no-color.org). */
  readonly color: boolean;
  /** Whether standard error is a terminal, so that a bar may move there. */
  readonly live: boolean;
}

/** Ends a command: an invocation gets the terminal and answers with the exit code. */
export type Invocation = (terminal: Terminal, signal: AbortSignal) => Promise<number>;

export function processTerminal(): Terminal {
  const plain = (process.env.NO_COLOR ?? "") !== "";
  return {
    out: (line) => void process.stdout.write(line + "\n"),
    note: (line) => void process.stderr.write(line + "\n"),
    width: process.stdout.columns || 100,
    color: Boolean(process.stdout.isTTY) && !plain,
    live: Boolean(process.stderr.isTTY) && process.env.TERM !== "dumb",
  };
}
