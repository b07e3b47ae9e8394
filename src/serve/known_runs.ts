import { statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { JOURNAL_FILE, RUN_FILE, runNames } from "../sweep/run_folder.ts";

/** A run that is not in the folder. */
export class UnknownRun extends InputError {}

/** The folder of a run. Only names of the list are accepted, so that no address leads outside. */
export function knownFolder(out: string, name: string): string {
  if (runNames(out).includes(name)) return join(out, name);
  throw new UnknownRun(`There is no run "${name}"`, "look at the list of runs");
}

/** Changes with the run. */
export const stampOf = (folder: string): string =>
  [RUN_FILE, JOURNAL_FILE].map((file) => fileStamp(join(folder, file))).join(" ");

export function fileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs}:${found.size}` : "absent";
}
