import { statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { formatCount } from "../report/numbers.ts";
import type { ListedRun } from "./runs_page.ts";
import { journalTail } from "../sweep/journal_tail.ts";
import type { RunFile } from "../format/plan.ts";
import { JOURNAL_FILE, readRunFile, runNames } from "../sweep/run_folder.ts";
import { runState } from "../sweep/run_state.ts";
import { fileStamp, stampOf } from "./known_runs.ts";

/** Every record of a journal is checked, a megabyte in 20 ms: for one look no longer than this. */
const CHECK_MS = 300;

/** Every run in `out`, damaged ones too. Files are read again only when they have changed. */
export function runLister(out: string): () => ListedRun[] {
  const kept = new Map<string, { stamp: string; run: ListedRun }>();
  const journals = new Map<string, JournalReader>();
  return () => {
    const until = performance.now() + CHECK_MS;
    return runNames(out).map((name) => {
      const folder = join(out, name);
      const stamp = stampOf(folder);
      const found = kept.get(name);
      // A run that goes on can end without a word: whether its process is there is asked every time.
      if (found?.stamp === stamp && found.run.state !== "running") return found.run;
      const journal = journals.get(name) ?? journalReader(join(folder, JOURNAL_FILE));
      journals.set(name, journal);
      const mayCheck = performance.now() < until;
      const run = describe(folder, name, () => mayCheck ? journal() : undefined);
      // What there was no time for is looked at again.
      if (mayCheck) kept.set(name, { stamp, run });
      return run;
    });
  };
}

/** `readJournal` gives nothing where there was no time for it. */
function describe(
  folder: string,
  name: string,
  readJournal: () => ReturnType<JournalReader> | undefined,
): ListedRun {
  try {
    const run = readRunFile(folder);
    const { plan, environment, sessions, data } = run;
    const [first, last] = [plan.sizes[0], plan.sizes[plan.sizes.length - 1]];
    const state = runState(run);
    const journal = readJournal();
    // A sweep that was killed may leave half a line, one that ended itself none.
    const isClosed = sessions[sessions.length - 1].finishedAt !== undefined;
    if (isClosed && journal?.trials === 0 && journal.bytes > 0) {
      throw new InputError(
        `Cannot read "${join(folder, JOURNAL_FILE)}": no whole trial record in it`,
      );
    }
    return {
      name,
      state,
      startedAt: sessions[0].startedAt,
      data: { name: data.name, synthetic: data.synthetic },
      implementations: [...plan.implementations, ...plan.peers],
      sizes: first === last ? formatCount(first) : `${formatCount(first)} to ${formatCount(last)}`,
      trials: trialsText(run, journal?.trials),
      host: environment.host,
      ...(environment.gitCommit !== undefined && { commit: environment.gitCommit }),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, state: "damaged", reason: error.message };
  }
}

const trialsText = ({ trials }: RunFile, done: number | undefined): string =>
  (done === undefined ? "…" : formatCount(done)) +
  (trials === undefined ? "" : ` of ${formatCount(trials)}`);

type JournalReader = () => { readonly trials: number; readonly bytes: number };

/** Counts and checks the records of a journal, those that came since the last time only. Throws InputError as it does. */
function journalReader(path: string): JournalReader {
  let tail = journalTail(path);
  let trials = 0;
  let bytes = 0;
  let stamp = "";
  const startAgain = () => {
    [tail, trials] = [journalTail(path), 0];
  };
  return () => {
    const now = fileStamp(path);
    if (now !== stamp) {
      const before = bytes;
      bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      // A journal only grows: one that does not is another.
      if (bytes <= before) startAgain();
      try {
        trials += tail().length;
      } catch (error) {
        bytes = 0; // from the beginning the next time
        throw error;
      }
      stamp = now;
    }
    return { trials, bytes };
  };
}
