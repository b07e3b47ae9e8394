import process from "node:process";

// Kept before a plug-in is imported, which may replace it.
let write: (text: string) => void = process.stdout.write.bind(process.stdout);

/** Writes to the standard output that this process was started with. */
export const writeOutput = (text: string): void => write(text);

/** From now on, `writeOutput` writes there: native code gets file descriptor 1. */
export function moveOutput(to: (text: string) => void): void {
  write = to;
}
