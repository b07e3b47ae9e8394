import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { ListedRun } from "./runs_page.ts";
import { journalTail } from "../sweep/journal.ts";
import { JOURNAL_FILE, readRunFile, runNames } from "../sweep/run_folder.ts";
import { runState } from "../sweep/run_state.ts";
import { Summary } from "../format/summary.ts";
import { programName } from "../report/terms.ts";
import { verdictText } from "../report/verdict_words.ts";
import { fileStamp, stampOf } from "./known_runs.ts";

/** Checking the records of journals takes 20 ms for a megabyte: one look spends no longer than this. */
const CHECK_MS = 300;

/** Every run in `out`, damaged ones too, the newest names first. Only changed files are read again. */
export function runLister(out: string): () => ListedRun[] {
  const kept = new Map<string, { stamp: string; run: ListedRun }>();
  const journals = new Map<string, JournalReader>();
  return () => {
    const until = performance.now() + CHECK_MS;
    // The newest get the time for a first look.
    return runNames(out).toReversed().map((name) => {
      const folder = join(out, name);
      const stamp = stampOf(folder);
      const found = kept.get(name);
      // A run can die silently, so each look checks whether its process exists.
      if (found?.stamp === stamp && found.run.state !== "running") return found.run;
      const journal = journals.get(name) ?? journalReader(join(folder, JOURNAL_FILE));
      journals.set(name, journal);
      const mayCheck = performance.now() < until;
      const run = describe(folder, name, () => mayCheck ? journal() : undefined);
      // Without time for the check, the next look tries again.
      if (mayCheck) kept.set(name, { stamp, run });
      return run;
    });
  };
}

/** `readJournal` gives nothing when there was no time for it. */
function describe(
  folder: string,
  name: string,
  readJournal: () => ReturnType<JournalReader> | undefined,
): ListedRun {
  try {
    const run = readRunFile(folder);
    const state = runState(run, folder);
    const journal = readJournal();
    // Only a killed sweep may leave half a line or no file.
    const isClosed = run.sessions[run.sessions.length - 1].finishedAt !== undefined;
    const mustHaveTrials = state === "finished" || (journal?.bytes ?? 0) > 0;
    if (isClosed && journal?.trials === 0 && mustHaveTrials) {
      throw new InputError(
        `Cannot read "${join(folder, JOURNAL_FILE)}": no whole trial record in it`,
      );
    }
    const answer = state === "finished" && journal ? storedAnswer(folder) : undefined;
    return { name, state, run, done: journal?.trials, failed: journal?.failed, answer };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, state: "damaged", reason: error.message };
  }
}

/** What the sweep answered when it ended; its report computes the same from the trials, which takes longer. */
function storedAnswer(folder: string): string | undefined {
  try {
    const summary = Summary.safeParse(
      JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")),
    );
    return summary.success ? verdictText(summary.data) : undefined;
  } catch {
    return undefined;
  }
}

type JournalReader = () => {
  readonly trials: number;
  readonly bytes: number;
  readonly failed: readonly string[];
};

/** Counts and checks the records of a journal, each time only the new ones. Throws InputError for a damaged record. */
function journalReader(path: string): JournalReader {
  let tail = journalTail(path);
  let [trials, bytes, stamp] = [0, 0, ""];
  let failed = new Set<string>();
  return () => {
    const now = fileStamp(path);
    if (now === stamp) return { trials, bytes, failed: [...failed] };
    const before = bytes;
    bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // A journal only grows; otherwise it is a different one.
    if (bytes <= before) [tail, trials, failed] = [journalTail(path), 0, new Set()];
    try {
      const more = tail();
      trials += more.length;
      for (const { status, cell } of more) {
        if (status === "failed") failed.add(programName(cell));
      }
    } catch (error) {
      bytes = 0; // the next time reads from the beginning
      throw error;
    }
    stamp = now;
    return { trials, bytes, failed: [...failed] };
  };
}
