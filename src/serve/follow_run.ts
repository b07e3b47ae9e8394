import { statSync } from "node:fs";
import { join } from "node:path";
import { brief, type BriefTrial, soFar } from "./so_far.ts";
import { InputError } from "../base/errors.ts";
import { type LiveView, liveView } from "./live_view.ts";
import { journalTail } from "../sweep/journal.ts";
import type { RunFile } from "../format/plan.ts";
import { JOURNAL_FILE, readRunFile } from "../sweep/run_folder.ts";
import { runState } from "../sweep/run_state.ts";
import { knownFolder, stampOf } from "./known_runs.ts";

interface Reading {
  readonly run: RunFile;
  readonly trials: BriefTrial[];
  readonly newTrials: () => readonly BriefTrial[];
  /** Size of the journal in bytes. */
  readonly size: number;
}

/** Gives the view of a run if it has changed since the last call; throws InputError while the run is missing or damaged. */
export function runFollower(out: string, name: string): () => LiveView | undefined {
  let reading: Reading | undefined;
  let before = "";
  let failure: { readonly stamp: string; readonly error: InputError } | undefined;
  return () => {
    const folder = knownFolder(out, name);
    const stamp = stampOf(folder);
    // Reading a damaged journal every second would disturb a sweep on this machine.
    if (failure?.stamp === stamp) throw failure.error;
    try {
      if (!before.startsWith(`${stamp} `)) reading = readOn(folder, reading);
      const { run, trials, newTrials } = reading!;
      // The state comes before the trials, so that no trial of an ended run is missed.
      const state = runState(run, folder);
      trials.push(...newTrials());
      const now = `${stamp} ${state} ${trials.length}`;
      if (now === before) return undefined;
      before = now;
      return liveView(run, soFar(run, trials, state, Date.now()), state);
    } catch (error) {
      reading = undefined;
      before = "";
      if (error instanceof InputError) failure = { stamp, error };
      throw error;
    }
  };
}

/** Continues the last reading, or begins again after a new session or a cut journal. */
function readOn(folder: string, before: Reading | undefined): Reading {
  const path = join(folder, JOURNAL_FILE);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const run = readRunFile(folder);
  const isSame = before !== undefined && before.size <= size &&
    before.run.sessions.length === run.sessions.length &&
    before.run.sessions[0].startedAt === run.sessions[0].startedAt;
  if (isSame) return { ...before, run, size };
  const tail = journalTail(path);
  return { run, trials: [], newTrials: () => tail().map(brief), size };
}
