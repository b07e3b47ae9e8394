import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compareRuns, type NamedRun } from "../analysis/compare_runs.ts";
import { InputError } from "../base/errors.ts";
import type { ResolvedData } from "../data/resolve.ts";
import { comparisonReport } from "../report/comparison/terminal.ts";
import { affectedPlan } from "../sweep/affected.ts";
import type { Plan, PlanInput } from "../sweep/plan.ts";
import { readRun, readRunFile } from "../sweep/run_folder.ts";
import { setUp } from "../sweep/set_up.ts";
import { THRESHOLD } from "./gate.ts";
import type { Terminal } from "./terminal.ts";

export interface WatchOptions {
  /** The layers of the plan as the files say now. Throws InputError. */
  inputs(): Promise<readonly PlanInput[]>;
  /** Plug-ins and plan files. */
  readonly files: readonly string[];
  /** Folder of the run that has the whole plan. */
  readonly first: string;
  data(): Promise<ResolvedData>;
  /** Sweeps a plan and prints what came of it. Ends early where the signal says so. */
  measure(
    inputs: readonly PlanInput[],
    signal: AbortSignal,
  ): Promise<{ readonly folder: string; readonly isComplete: boolean }>;
  readonly format: "text" | "json";
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** How often files are looked at. An edit counts when a file stays the same from one look to the next. */
const LOOK_MS = 300;

/**
 * Waits for edits and measures what they affect, each time in a run of its own, until `signal`. An edit while a sweep
 * runs ends that sweep. What cannot be used is told, and the next edit waited for.
 */
export async function watch(options: WatchOptions): Promise<number> {
  const { files, terminal, signal } = options;
  let whole = readRunFile(options.first).plan;
  const measured = [options.first];
  let seen = hashesOf(files);
  terminal.note(`watching ${files.join(", ")}; Ctrl-C ends it`);
  // Files edited since the last sweep that went through.
  const edited = new Set<string>();
  while (!signal.aborted) {
    const now = await nextEdit(files, seen, signal);
    if (now === undefined) break;
    files.filter((file) => now.get(file) !== seen.get(file)).forEach((file) => edited.add(file));
    seen = now;
    try {
      const { plan, next } = await planAgain(options, whole, edited);
      if (next === undefined) {
        terminal.note("nothing to measure: every cell of the plan has been");
        whole = plan;
        edited.clear();
        continue;
      }
      terminal.note(`edited: ${[...edited].map((file) => basename(file)).join(", ")}`);
      const folder = await measureUntilEdited(options, next, seen);
      if (folder === undefined) continue; // by an edit, which the next look finds, or for good
      compareWithLast(measured, folder, options);
      measured.push(folder);
      whole = plan;
      edited.clear();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.note(`error: ${error.message}`);
      if (error.remedy !== undefined) terminal.note(`remedy: ${error.remedy}`);
      terminal.note("waiting for the next edit");
    }
  }
  return 0;
}

/** The whole plan as it is now, and what of it is to be measured again. */
async function planAgain(
  { inputs, data, signal }: WatchOptions,
  whole: Plan,
  edited: ReadonlySet<string>,
): Promise<{ plan: Plan; next: PlanInput | undefined }> {
  const paths = new Set([...edited].map((file) => resolve(file)));
  const { plan, offers } = await setUp(await inputs(), await data(), signal);
  const changed = offers.flatMap(({ candidates }) =>
    candidates.flatMap(({ name, plugin }) =>
      plugin !== undefined && paths.has(plugin) ? [name] : []
    )
  );
  return { plan, next: affectedPlan(whole, plan, new Set(changed)) };
}

/** Sweeps, and ends when a file is edited meanwhile or `signal` says so. The folder of a run that went through. */
async function measureUntilEdited(
  { files, measure, signal }: WatchOptions,
  plan: PlanInput,
  seen: Hashes,
): Promise<string | undefined> {
  const superseded = new AbortController();
  const end = () => superseded.abort();
  signal.addEventListener("abort", end, { once: true });
  const timer = setInterval(() => {
    if (differs(seen, hashesOf(files))) end();
  }, LOOK_MS);
  try {
    const { folder, isComplete } = await measure([plan], superseded.signal);
    return isComplete ? folder : undefined;
  } catch (error) {
    // What is ended while it sets up may complain of just that.
    if (superseded.signal.aborted) return undefined;
    throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", end);
  }
}

/** Beside the newest earlier run that has the same cells; where there is none, there is nothing to say. */
function compareWithLast(
  measured: readonly string[],
  folder: string,
  { format, terminal }: WatchOptions,
): void {
  const b = readNamed(folder);
  for (const before of measured.toReversed()) {
    try {
      const comparison = compareRuns(readNamed(before), b, THRESHOLD);
      const { width, color } = terminal;
      terminal.out(
        format === "json"
          ? JSON.stringify(comparison, undefined, 2)
          : comparisonReport(comparison, { width, color }),
      );
      return;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}

function readNamed(folder: string): NamedRun {
  const { run, trials } = readRun(folder);
  return { name: basename(folder), run, trials };
}

type Hashes = ReadonlyMap<string, string | undefined>;

/** Of each file what it holds; undefined while it is away, as it is in the middle of some editors' saving. */
const hashesOf = (files: readonly string[]): Hashes =>
  new Map(files.map((file) => {
    try {
      return [file, createHash("sha256").update(readFileSync(file)).digest("hex")];
    } catch {
      return [file, undefined];
    }
  }));

const differs = (a: Hashes, b: Hashes): boolean =>
  [...b].some(([file, hash]) => hash !== undefined && hash !== a.get(file));

/** Resolves with what the files hold when they hold something new, and have settled; undefined when `signal` ends it. */
async function nextEdit(
  files: readonly string[],
  seen: Hashes,
  signal: AbortSignal,
): Promise<Hashes | undefined> {
  let last = hashesOf(files);
  while (!signal.aborted) {
    await pause(LOOK_MS);
    const now = hashesOf(files);
    if (differs(seen, now) && !differs(last, now)) {
      return new Map([...now].map(([file, hash]) => [file, hash ?? seen.get(file)]));
    }
    last = now;
  }
  return undefined;
}
