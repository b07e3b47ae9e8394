import { join, resolve } from "node:path";
import { timestamp } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { mergeCeilings } from "../machine/find_ceiling.ts";
import type { CodeChanged } from "../format/reason.ts";
import { type Cell, FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import { describeConfinement } from "./confinement.ts";
import { findCeilings } from "./find_ceilings.ts";
import { describeEnvironment } from "./environment.ts";
import { hooksOf } from "./hooks.ts";
import { changeOf, checkUnchanged, keepPlugins } from "./plugin_copies.ts";
import { openJournal, readJournal, repairJournal } from "./journal.ts";
import { candidateIn, type RuntimePrograms } from "./available.ts";
import type { PlanInput, RunFile } from "../format/plan.ts";
import {
  createRunFolder,
  JOURNAL_FILE,
  pointLatest,
  readRunFile,
  writeRunFile,
} from "./run_folder.ts";
import { resolveSetup, setupOfPlan } from "./resolve_setup.ts";
import { runState } from "./run_state.ts";
import { finished, newSession } from "./sessions.ts";
import { checkSameCode } from "./shards/same_work.ts";
import { orRelease, type ShardLock, takeLock } from "./shards/shard_lock.ts";
import { checkSameData, environmentChanges, type StartWarning } from "./start_warning.ts";
import { runSweep } from "./sweep.ts";
import type { SweepEvent } from "./sweep_event.ts";
import { arithmeticOf, countNonZeroPixels, speedLimitOf } from "./work_of_cell.ts";
import { withOwnNetworks } from "./own_networks.ts";
import { orClose, prepareSweep, type Setup } from "./prepared_sweep.ts";
import type { Described } from "./schedule.ts";

/** A run whose folder exists and whose sweep can start. */
export type RunHandle = Awaited<ReturnType<typeof handleOf>>;

/** What decides how a sweep goes on whose trials are not all planned. */
interface OpenSweep {
  /** With `plan.resolve`: keys of the cells that need another round after these trials. */
  readonly unresolved?: (run: RunFile, trials: readonly TrialRecord[]) => ReadonlySet<string>;
  /** With `plan.crossover`: cells to measure beyond the plan after these trials. */
  readonly nextCells?: (run: RunFile, trials: readonly TrialRecord[]) => readonly Cell[];
}

/** Makes a plan and a new run folder in `out`. Throws InputError for anything that cannot be used. */
export async function startRun(
  inputs: readonly PlanInput[],
  loadData: () => Promise<ResolvedData>,
  out: string,
  signal: AbortSignal,
): Promise<RunHandle> {
  const setup = await resolveSetup(inputs, loadData, { signal });
  return await orClose(setup, () =>
    startWith(
      setup,
      (startedAt, host) => createRunFolder(out, startedAt, host),
      signal,
    ));
}

/** Starts the sweep of a setup in the folder that `makeFolder` makes. Who has a shard holds its lock. */
export async function startWith(
  setup: Setup,
  makeFolder: (startedAt: string, host: string) => Promise<string>,
  signal: AbortSignal,
  lock?: ShardLock,
): Promise<RunHandle> {
  signal.throwIfAborted(); // what was found until then may be incomplete
  const { plan, data, shard, leftOut = [] } = setup;
  if (plan.against !== undefined && "folder" in plan.against) {
    const { folder } = plan.against;
    checkSameData(readRunFile(folder).data, data.source, `Cannot measure against ${folder}`);
  }
  const startedAt = timestamp();
  const environment = await describeEnvironment(setup);
  const folder = await makeFolder(startedAt, environment.host);
  lock?.check();
  const plugins = await keepPlugins(plan.plugins, folder);
  const sandbox = await describeConfinement(plan.sandbox, plan.plugins, plan.runtimes);
  const run: RunFile = {
    schema: FORMAT_VERSION,
    plan,
    environment,
    data: data.source,
    sessions: [newSession(startedAt, shard)],
    ...(leftOut.length > 0 && { leftOut: [...leftOut] }),
    ...(plugins.length > 0 && { plugins }),
    ...(sandbox.length > 0 && { sandbox }),
    ...(shard && { shard }),
  };
  lock?.check();
  await writeRunFile(folder, run);
  if (shard === undefined) await pointLatest(folder);
  const warnings = leftOut.map((one) => ({ kind: "left-out" as const, ...one }));
  return await handleOf(folder, run, setup, [], warnings, signal, lock);
}

/** Goes on with a run: same plan, same data, only the trials that have no whole record yet. */
export async function resumeRun(
  folder: string,
  loadData: () => Promise<ResolvedData>,
  signal: AbortSignal,
): Promise<RunHandle> {
  const { shard, shards } = readRunFile(folder);
  if (shards !== undefined) {
    throw new InputError(
      `Cannot resume ${folder}: it was merged from shards`,
      "start the shards again that are not complete, and merge again",
    );
  }
  const lock = await takeLock(folder, signal);
  if (shard !== undefined) {
    return await orRelease(lock, () => resumeWith(folder, loadData, signal, lock));
  }
  // Until the run says that it goes on, others would resume it, too.
  try {
    return await resumeWith(folder, loadData, signal);
  } finally {
    lock.release();
  }
}

/** The same with the lock of a shard held: then no other process measures it. */
export async function resumeWith(
  folder: string,
  loadData: () => Promise<ResolvedData>,
  signal: AbortSignal,
  lock?: ShardLock,
): Promise<RunHandle> {
  const before = readRunFile(folder);
  if (lock === undefined && runState(before, folder) === "running") {
    throw new InputError(
      `Cannot resume ${folder}: it is still being measured, and two sweeps would mix their trials`,
      "wait until it has ended, or end it with Ctrl-C. A run of another machine or container counts as " +
        `interrupted ${before.plan.trialTimeoutSeconds} s after its last trial`,
    );
  }
  const path = join(folder, JOURNAL_FILE);
  openJournal(path).close(); // a run that was killed before its first trial has none yet
  const content = readJournal(path);
  await checkUnchanged(before, folder);
  const sameData = async () => {
    const data = await loadData();
    checkSameData(before.data, data.source, `Cannot resume ${folder}`);
    return data;
  };
  const { shard } = before;
  const setup = { ...await setupOfPlan(before.plan, sameData, signal), ...(shard && { shard }) };
  return await orClose(setup, async () => {
    signal.throwIfAborted();
    lock?.check();
    repairJournal(path, content);
    const environment = await describeEnvironment(setup);
    if (shard) checkSameCode(before.environment, environment, `Cannot resume ${folder}`);
    const session = newSession(timestamp(), shard, before.environment, environment);
    const run = { ...before, sessions: [...before.sessions, session] };
    lock?.check();
    await writeRunFile(folder, run);
    if (shard === undefined) await pointLatest(folder);
    const warnings = environmentChanges(before.environment, environment);
    if (content.cutBytes > 0) warnings.push({ kind: "line-cut", path, bytes: content.cutBytes });
    return await handleOf(folder, run, setup, content.trials, warnings, signal, lock);
  });
}

async function handleOf(
  folder: string,
  before: RunFile,
  setup: Setup,
  done: readonly TrialRecord[],
  warnings: readonly StartWarning[],
  signal: AbortSignal,
  lock?: ShardLock,
) {
  let say: ((event: SweepEvent) => void) | undefined;
  const log = (cell: Cell, line: string) => say?.({ type: "log", cell, line });
  const journal = openJournal(join(folder, JOURNAL_FILE));
  const prepared = await prepareSweep(setup, signal, log).catch(async (error) => {
    journal.close();
    // It is not running either.
    if (!lock?.isLost()) {
      await writeRunFile(folder, finished(before, "interrupted")).catch(() => {});
    }
    throw error;
  });
  const hooks = hooksOf(setup.plan);
  const [session] = before.sessions.slice(-1);
  const node = before.shard && (session.environment ?? before.environment).host;
  const planned = prepared.cells.length * prepared.rounds.length;
  const variables = { SLOPE_RUN: resolve(folder) };
  let hasBegun = false;
  let run: RunFile = before;
  let ended: "complete" | "interrupted" = "interrupted"; // until the sweep says otherwise
  return {
    folder,
    plan: setup.plan,
    warnings: [
      ...warnings,
      ...withOwnNetworks(setup.plan, prepared.described)
        .map((one) => ({ kind: "own-networks" as const, ...one })),
      ...setup.reference?.warnings ?? [],
    ] as readonly StartWarning[],
    async sweep(
      onEvent: (event: SweepEvent) => void,
      { unresolved, nextCells }: OpenSweep = {},
      onCodeFault: "fail" | "end" = "fail",
    ) {
      say = onEvent;
      const isOpen = run.plan.resolve !== undefined || run.plan.crossover !== undefined;
      const isOver = !isOpen && done.length >= planned;
      if (!isOver) {
        hasBegun = true;
        await hooks.run("before-run", variables, signal);
      }
      if (!isOver || run.ceilings === undefined) {
        run = await withWork(run, setup, prepared.described, onEvent, signal);
        if (!isOpen) run = { ...run, trials: planned };
        if (signal.aborted) return "interrupted";
        lock?.check();
        await writeRunFile(folder, run);
      }
      ended = await runSweep({
        prepared,
        done,
        journal: {
          ...journal,
          append(record) {
            lock?.check();
            journal.append(node === undefined ? record : { ...record, node });
          },
        },
        signal,
        onEvent,
        limitOf: (cell) => speedLimitOf(run, cell),
        onCodeFault,
        beforeTrial: ({ implementation }, round) =>
          hooks.run("before-trial", {
            ...variables,
            SLOPE_PROGRAM: implementation,
            SLOPE_ROUND: String(round),
          }, signal),
        codeFault: (cell) => codeFaultOf(cell, run, setup.programs),
        ...(nextCells && run.plan.crossover !== undefined && {
          nextCells: (trials) => nextCells(run, trials),
        }),
        ...(unresolved && { unresolved: (trials) => unresolved(run, trials) }),
      });
      return ended;
    },
    /**
     * Runs the hook after the run, writes the end of this session and removes temporary files. Call it however the sweep
     * ended. Returns what became of the hooks.
     */
    async close() {
      journal.close();
      await prepared.close();
      if (hasBegun) await hooks.run("after-run", variables);
      try {
        // The file belongs to whoever has taken the shard over.
        if (!lock?.isLost()) await writeRunFile(folder, finished(run, ended, hooks.records()));
      } finally {
        lock?.release();
      }
      return hooks.records();
    },
  };
}

/** How the code of a cell has changed since the run began. Earlier code is read from copies, which nobody edits. */
async function codeFaultOf(
  cell: Cell,
  { plugins = [] }: RunFile,
  programs: readonly RuntimePrograms[],
): Promise<CodeChanged | undefined> {
  if (cell.copy === "reference") return undefined;
  const path = candidateIn(programs, cell)?.plugin;
  const kept = plugins.find((one) => one.path === path);
  const change = kept && await changeOf(kept);
  return change && { kind: "code-changed", ...change };
}

/**
 * The run with what bounds the speed of its cells. Ceilings are measured in every session, because a run may be
 * resumed on another machine; the higher figure of each is kept.
 */
async function withWork(
  run: RunFile,
  { plan, programs, data }: Setup,
  described: readonly Described[],
  onEvent: (event: SweepEvent) => void,
  signal: AbortSignal,
): Promise<RunFile> {
  onEvent({ type: "ceilings" });
  const ceilings = await findCeilings(plan, programs, run.environment, signal);
  for (const { runtime, unmeasured = [] } of ceilings) {
    unmeasured.forEach((one) => onEvent({ type: "unmeasured", runtime, unmeasured: one }));
  }
  return {
    ...run,
    implementations: arithmeticOf(described),
    nonZeroPixels: countNonZeroPixels(data.train, plan),
    ceilings: mergeCeilings(run.ceilings ?? [], ceilings),
  };
}
