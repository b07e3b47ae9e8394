import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { formatCount } from "../../report/format.ts";
import type { ListedRun } from "../../report/page/runs_page.ts";
import { JOURNAL_FILE, readRunFile, RUN_FILE, runNames } from "../../sweep/run_folder.ts";
import { runState } from "../../sweep/run_state.ts";

/** Every run in `out`, damaged ones too. Files are read again only when they have changed. */
export function runLister(out: string): () => ListedRun[] {
  const kept = new Map<string, { stamp: string; run: ListedRun }>();
  return () =>
    runNames(out).map((name) => {
      const stamp = stampOf(join(out, name));
      const found = kept.get(name);
      // A run that goes on can end without a word: whether its process is there is asked every time.
      if (found?.stamp === stamp && found.run.state !== "running") return found.run;
      const run = describe(join(out, name), name);
      kept.set(name, { stamp, run });
      return run;
    });
}

/** Changes whenever the run does. */
export const stampOf = (folder: string): string =>
  [RUN_FILE, JOURNAL_FILE].map((file) => {
    const found = statSync(join(folder, file), { throwIfNoEntry: false });
    return found ? `${found.mtimeMs}:${found.size}` : "absent";
  }).join(" ");

function describe(folder: string, name: string): ListedRun {
  try {
    const run = readRunFile(folder);
    const { plan, environment, sessions } = run;
    const [first, last] = [plan.sizes[0], plan.sizes[plan.sizes.length - 1]];
    const done = formatCount(countLines(join(folder, JOURNAL_FILE)));
    return {
      name,
      state: runState(run, folder),
      startedAt: sessions[0].startedAt,
      implementations: [...plan.implementations, ...plan.peers],
      sizes: first === last ? formatCount(first) : `${formatCount(first)} to ${formatCount(last)}`,
      trials: run.trials === undefined ? done : `${done} of ${formatCount(run.trials)}`,
      host: environment.host,
      ...(environment.gitCommit !== undefined && { commit: environment.gitCommit }),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, state: "damaged", reason: error.message };
  }
}

/** Records that were written whole. */
function countLines(path: string): number {
  let count = 0;
  try {
    for (const byte of readFileSync(path)) if (byte === 0x0a) count++;
  } catch {
    return 0; // before the first trial
  }
  return count;
}
