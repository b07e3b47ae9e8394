import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { readRun, runNames } from "../sweep/run_folder.ts";
import { isComplete } from "../sweep/run_state.ts";

/**
 * Every run that can be read and came to its end; the others are told and left out. One that was interrupted has
 * cells with fewer trials than the others, and, where a sweep was given up for an edit, of code that nobody kept.
 */
export function readAll(folder: string, terminal: Pick<Terminal, "note">): NamedRun[] {
  const names = runNames(folder);
  const runs = names.flatMap((name): NamedRun[] => {
    try {
      const { run, trials } = readRun(join(folder, name));
      if (!isComplete(run)) {
        const planned = run.trials === undefined ? "" : ` of ${run.trials}`;
        terminal.note(
          `warning: left out: ${name} did not come to its end, ${trials.length}${planned} trials ` +
            "(bench --resume goes on with it)",
        );
        return [];
      }
      return [{ name, run, trials }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.note(`warning: left out: ${error.message}`);
      return [];
    }
  });
  if (runs.length === 0) {
    throw new InputError(
      `Cannot tell a history: no run${
        names.length > 0 ? " that came to its end" : ""
      } in "${folder}"`,
      "name the folder in which the folders of runs lie, as --out of `bench` did",
    );
  }
  return runs;
}
