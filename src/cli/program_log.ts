import { stripVTControlCharacters } from "node:util";
import type { Cell } from "../format/trial_record.ts";
import type { Terminal } from "../base/terminal.ts";

/** What one program prints in a thousand steps would bury everything else. */
const MOST_LINES = 10;

/** Prints what plug-ins write to their console, each line behind the name of its program. */
export function createProgramLog(
  { note }: Pick<Terminal, "note">,
): (cell: Pick<Cell, "implementation">, line: string) => void {
  const counts = new Map<string, number>();
  return ({ implementation }, line) => {
    const count = (counts.get(implementation) ?? 0) + 1;
    counts.set(implementation, count);
    if (count <= MOST_LINES) note(`${implementation}: ${plain(line)}`);
    else if (count === MOST_LINES + 1) note(`${implementation}: … (the rest is not shown)`);
  };
}

/** Without colours; of a line that a progress bar writes over, the last state. */
const plain = (line: string): string =>
  stripVTControlCharacters(line).trimEnd().split("\r").at(-1)!;
