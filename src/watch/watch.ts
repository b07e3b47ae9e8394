import { basename, relative } from "node:path";
import process from "node:process";
import { BrokenFile, InputError } from "../base/errors.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { affectedPlan } from "./affected.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { errorText } from "../report/reason_words.ts";
import { digestsOf } from "../sweep/plugin_files.ts";
import { readRunFile } from "../sweep/run_folder.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import type { Terminal } from "../base/terminal.ts";
import { tellError } from "../report/tell_error.ts";
import { compareWithEarlier } from "./compare_earlier.ts";
import {
  editsBetween,
  type Look,
  looker,
  nextEdit,
  type Sources,
  untilEdited,
} from "./watched_files.ts";

interface WatchOptions {
  /** The layers of the plan as the files are now. Throws InputError, as `sources` does. */
  inputs(): readonly PlanInput[];
  /** The same without the plan file. */
  inputsOfFlags(): readonly PlanInput[];
  /** Plug-ins and plan file as the files are now. */
  sources(): Sources;
  /** The files that the command line names. */
  readonly named: Sources;
  data(): Promise<ResolvedData>;
  /** Sweeps a plan; the signal ends it early. */
  sweep(
    inputs: readonly PlanInput[],
    signal: AbortSignal,
  ): Promise<{ readonly folder: string; readonly isComplete: boolean }>;
  /** Prints the results of a sweep. */
  publish(folder: string): Promise<unknown>;
  readonly format: "text" | "json";
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

interface Progress {
  /** The plan that all runs together have measured with the present code; undefined before the first. */
  whole: Plan | undefined;
  /** The files at that time. */
  files: Look;
  /** Folders of the complete runs, the oldest first. */
  readonly runs: string[];
}

/**
 * Measures the plan, then waits for edits and re-measures what they affect, each time in a new run, until `signal`. An
 * edit during a sweep ends that sweep. Errors in files are printed, and the next edit may repair them. An error in the
 * command line itself throws InputError at once.
 */
export async function watch(options: WatchOptions): Promise<number> {
  const { terminal, signal } = options;
  const look = looker(options.sources, options.named);
  const tell = watchTeller(terminal);
  // The files are looked at before anything is read, so that every later edit counts.
  let seen = look();
  const progress: Progress = { whole: undefined, files: seen, runs: [] };
  for (let isFirst = true;; isFirst = false) {
    tell(seen);
    let isOverdue = false;
    try {
      const before = seen;
      const work = (until: AbortSignal) => measure(options, progress, before, until);
      isOverdue = await untilEdited(look, seen, signal, work) === undefined;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (isFirst && !(await isFixable(error, options))) throw error;
      tellError(error, terminal);
      terminal.note("waiting for the next edit");
    }
    const now = await nextEdit(look, seen, {
      isOverdue,
      onGone: (paths) =>
        terminal.note(`${listed(paths)} ${paths.length > 1 ? "are" : "is"} gone; waiting`),
      signal,
    });
    if (now === undefined) return 0;
    seen = now;
    const edited = editsBetween(progress.files, seen);
    if (edited.length > 0) terminal.note(`edited: ${listed(edited)}`);
  }
}

/** Measures what the edits since `progress` affect and updates `progress`. Undefined when `until` ended it. */
async function measure(
  options: WatchOptions,
  progress: Progress,
  seen: Look,
  until: AbortSignal,
): Promise<"done" | undefined> {
  const { sweep, publish, format, terminal, signal } = options;
  const edited = new Set(editsBetween(progress.files, seen));
  const again = progress.whole && await planAgain(options, progress.whole, edited, until);
  if (again !== undefined && again.affected === undefined) {
    terminal.note("nothing to measure: every cell of the plan has been measured");
    Object.assign(progress, { whole: again.plan, files: seen });
    return "done";
  }
  const inputs = again?.affected ? [again.affected.plan] : options.inputs();
  const { folder, isComplete } = await sweep(inputs, until);
  if (!isComplete && !signal.aborted) {
    terminal.note(`an edit ended this sweep; ${basename(folder)} stays interrupted`);
    return undefined;
  }
  await publish(folder);
  if (!isComplete) return undefined;
  if (again?.affected) {
    compareWithEarlier(folder, again.affected.names, progress.runs, format, terminal);
  }
  progress.runs.push(folder);
  Object.assign(progress, { whole: again?.plan ?? readRunFile(folder).plan, files: seen });
  return "done";
}

/** The whole plan as it is now, and the part to measure again. */
async function planAgain(
  { inputs, data }: WatchOptions,
  whole: Plan,
  edited: ReadonlySet<string>,
  signal: AbortSignal,
) {
  const { plan, programs, reference } = await resolveSetup(inputs(), data, { signal });
  await reference?.close(); // the sweep opens its own
  const candidates = programs.flatMap(({ candidates }) => candidates);
  const isEdited = new Map(
    plan.plugins.map((path) => [path, digestsOf(path).keys().some((file) => edited.has(file))]),
  );
  const changed = candidates.filter(({ plugin }) => plugin !== undefined && isEdited.get(plugin));
  const pluginOf = (name: string) => candidates.find((one) => one.name === name)?.plugin;
  const names = new Set(changed.map(({ name }) => name));
  return { plan, affected: affectedPlan(whole, plan, names, pluginOf) };
}

/** Whether editing a file may fix the error: not if the flags alone give the same error. */
async function isFixable(
  error: InputError,
  { named, inputsOfFlags, data, signal }: WatchOptions,
): Promise<boolean> {
  if (error instanceof BrokenFile) return true;
  if (named.others.length === 0) return false;
  try {
    const { reference } = await resolveSetup(inputsOfFlags(), data, { signal });
    await reference?.close();
    return true;
  } catch (ofFlags) {
    return !(ofFlags instanceof InputError && errorText(ofFlags) === errorText(error));
  }
}

/** Prints which files are watched, whenever they change. */
function watchTeller(terminal: Terminal): (look: Look) => void {
  let told = "";
  return (look) => {
    const there = [...look].flatMap(([path, digest]) => digest === undefined ? [] : [path]);
    // A path inside this folder is printed relative to it.
    const files = there.map((path) => {
      const fromHere = relative(process.cwd(), path);
      return fromHere.startsWith("..") ? path : fromHere;
    }).join(", ");
    if (files !== told) terminal.note(`watching ${files}; Ctrl-C ends it`);
    told = files;
  };
}

const listed = (paths: readonly string[]): string => paths.map((path) => basename(path)).join(", ");
