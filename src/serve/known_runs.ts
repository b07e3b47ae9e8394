import { statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { JOURNAL_FILE, RUN_FILE, runNames } from "../sweep/run_folder.ts";

/** A run that is not, or no longer, in the folder. */
export class UnknownRun extends InputError {}

/** The folder of a run. A name out of an address is taken only if the list has it: no path leads elsewhere. */
export function knownFolder(out: string, name: string): string {
  if (runNames(out).includes(name)) return join(out, name);
  throw new UnknownRun(`There is no run "${name}"`, "look at the list of runs");
}

/** Changes whenever the run does. */
export const stampOf = (folder: string): string =>
  [RUN_FILE, JOURNAL_FILE].map((file) => fileStamp(join(folder, file))).join(" ");

export function fileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs}:${found.size}` : "absent";
}
