import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { readRun, runNames } from "../sweep/run_folder.ts";
import { isComplete } from "../sweep/run_state.ts";

/**
 * Every finished run that can be read; the others are left out with a warning. An interrupted run has cells with fewer
 * trials, and after an edit its code may no longer exist. A shard has only
 * some of the rounds.
 */
export function readAll(folder: string, terminal: Pick<Terminal, "note">): NamedRun[] {
  const names = runNames(folder);
  const runs = names.flatMap((name): NamedRun[] => {
    try {
      const { run, trials } = readRun(join(folder, name));
      if (run.shard !== undefined) {
        terminal.note(`warning: left out: ${name} is a shard; \`merge\` makes a run of all`);
        return [];
      }
      if (!isComplete(run)) {
        const planned = run.trials === undefined ? "" : ` of ${run.trials}`;
        terminal.note(
          `warning: left out: ${name} is unfinished, ${trials.length}${planned} trials ` +
            (run.shards === undefined
              ? "(bench --resume continues it)"
              : "(merge again once its shards are complete)"),
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
      `Cannot show a history: no${names.length > 0 ? " finished" : ""} run in "${folder}"`,
      "name the folder that holds the folders of runs, as --out of `bench` did",
    );
  }
  return runs;
}
