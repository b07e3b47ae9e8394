import { statSync } from "node:fs";
import { join } from "node:path";
import { brief, type BriefTrial, soFar } from "./so_far.ts";
import { InputError } from "../base/errors.ts";
import { type LiveView, liveView } from "./live_view.ts";
import { journalTail } from "../sweep/journal_tail.ts";
import type { RunFile } from "../format/plan.ts";
import { JOURNAL_FILE, readRunFile } from "../sweep/run_folder.ts";
import { runState } from "../sweep/run_state.ts";
import { knownFolder, stampOf } from "./known_runs.ts";

/** What was read of a run so far. */
interface Reading {
  readonly run: RunFile;
  readonly trials: BriefTrial[];
  readonly newTrials: () => readonly BriefTrial[];
  /** Of the journal, in bytes. */
  readonly size: number;
}

/**
 * Looks at a run again and again: each look gives the view of it where that has changed, whatever became of the run
 * in between (killed, resumed, put in another's place). Throws InputError while it is not there or damaged.
 */
export function runFollower(out: string, name: string): () => LiveView | undefined {
  let reading: Reading | undefined;
  let before = "";
  let failure: { readonly stamp: string; readonly error: InputError } | undefined;
  return () => {
    const folder = knownFolder(out, name);
    const stamp = stampOf(folder);
    // A damaged journal is not read again each second: a sweep may be measuring beside it.
    if (failure?.stamp === stamp) throw failure.error;
    try {
      if (!before.startsWith(`${stamp} `)) reading = readOn(folder, reading);
      const { run, trials, newTrials } = reading!;
      // Asked before the last look: what is written after the answer is not missed.
      const state = runState(run);
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

/** Goes on where the last reading ended, or begins anew where another session began or the journal was cut. */
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
