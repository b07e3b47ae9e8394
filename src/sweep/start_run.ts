import { join, resolve } from "node:path";
import { timestamp } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { ownIdentity } from "../base/process_identity.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { mergeCeilings } from "../machine/find_ceiling.ts";
import type { Network } from "../model/network.ts";
import type { CodeChanged } from "../format/reason.ts";
import { type Cell, FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import type { HookRecord } from "../format/hook.ts";
import { describeConfinement } from "./confinement.ts";
import { findCeilings } from "./find_ceilings.ts";
import { describeEnvironment } from "./environment.ts";
import { hooksOf } from "./hooks.ts";
import { changeOf, checkUnchanged, keepPlugins } from "./plugin_copies.ts";
import { openJournal, readJournal, repairJournal } from "./journal.ts";
import { candidateIn, type RuntimePrograms } from "./available.ts";
import type { DataSource } from "../data/schemas.ts";
import type { Environment, LeftOut, PlanInput, RunFile, Session } from "../format/plan.ts";
import {
  createRunFolder,
  JOURNAL_FILE,
  pointLatest,
  readRunFile,
  writeRunFile,
} from "./run_folder.ts";
import type { ReferenceWarning } from "./earlier_code.ts";
import { resolveSetup, setupOfPlan } from "./resolve_setup.ts";
import { runState } from "./run_state.ts";
import { runSweep } from "./sweep.ts";
import type { SweepEvent } from "./sweep_event.ts";
import { arithmeticOf, countNonZeroPixels, speedLimitOf } from "./work_of_cell.ts";
import { withOwnNetworks } from "./own_networks.ts";
import { orClose, prepareSweep, type Setup } from "./prepared_sweep.ts";
import type { Described } from "./schedule.ts";

/** What the user should know before a sweep starts. */
export type StartWarning =
  | ReferenceWarning
  /** What trials before and after this start do not share; `now` is absent where it is gone. */
  | {
    readonly kind: "environment-changed";
    readonly what: string;
    readonly before: string;
    readonly now?: string;
  }
  /** A program has cells of these networks only: it computes no others. */
  | {
    readonly kind: "own-networks";
    readonly program: string;
    readonly networks: readonly Network[];
  }
  /** The default plan does without it. */
  | { readonly kind: "left-out" } & LeftOut
  /** The last line of the journal was unfinished, and is left out. */
  | { readonly kind: "line-cut"; readonly path: string; readonly bytes: number };

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
  return await orClose(setup, () => startWith(setup, out, signal));
}

async function startWith(setup: Setup, out: string, signal: AbortSignal): Promise<RunHandle> {
  signal.throwIfAborted(); // what was found until then may be incomplete
  const { plan, data, leftOut = [] } = setup;
  if (plan.against !== undefined && "folder" in plan.against) {
    const { folder } = plan.against;
    checkSameData(readRunFile(folder).data, data.source, `Cannot measure against ${folder}`);
  }
  const startedAt = timestamp();
  const environment = await describeEnvironment(setup);
  const folder = await createRunFolder(out, startedAt, environment.host);
  const plugins = await keepPlugins(plan.plugins, folder);
  const sandbox = await describeConfinement(plan.sandbox, plan.plugins, plan.runtimes);
  const run: RunFile = {
    schema: FORMAT_VERSION,
    plan,
    environment,
    data: data.source,
    sessions: [sessionOf(startedAt)],
    ...(leftOut.length > 0 && { leftOut: [...leftOut] }),
    ...(plugins.length > 0 && { plugins }),
    ...(sandbox.length > 0 && { sandbox }),
  };
  await writeRunFile(folder, run);
  await pointLatest(folder);
  const warnings = leftOut.map((one) => ({ kind: "left-out" as const, ...one }));
  return await handleOf(folder, run, setup, [], warnings, signal);
}

/** Goes on with a run: same plan, same data, only the trials that have no whole record yet. */
export async function resumeRun(
  folder: string,
  loadData: () => Promise<ResolvedData>,
  signal: AbortSignal,
): Promise<RunHandle> {
  const before = readRunFile(folder);
  if (runState(before, folder) === "running") {
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
  const setup = await setupOfPlan(before.plan, sameData, signal);
  return await orClose(setup, async () => {
    signal.throwIfAborted();
    repairJournal(path, content);
    const environment = await describeEnvironment(setup);
    const run = { ...before, sessions: [...before.sessions, sessionOf(timestamp())] };
    await writeRunFile(folder, run);
    await pointLatest(folder);
    const warnings = differences(before.environment, environment);
    if (content.cutBytes > 0) warnings.push({ kind: "line-cut", path, bytes: content.cutBytes });
    return await handleOf(folder, run, setup, content.trials, warnings, signal);
  });
}

async function handleOf(
  folder: string,
  before: RunFile,
  setup: Setup,
  done: readonly TrialRecord[],
  warnings: readonly StartWarning[],
  signal: AbortSignal,
) {
  let say: ((event: SweepEvent) => void) | undefined;
  const log = (cell: Cell, line: string) => say?.({ type: "log", cell, line });
  const journal = openJournal(join(folder, JOURNAL_FILE));
  const prepared = await prepareSweep(setup, signal, log).catch(async (error) => {
    journal.close();
    await writeRunFile(folder, finished(before, "interrupted")).catch(() => {}); // it is not running either
    throw error;
  });
  const hooks = hooksOf(setup.plan);
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
      const isOver = !isOpen && done.length >= prepared.cells.length * run.plan.rounds;
      if (!isOver) {
        hasBegun = true;
        await hooks.run("before-run", variables, signal);
      }
      if (!isOver || run.ceilings === undefined) {
        run = await withWork(run, setup, prepared.described, onEvent, signal);
        if (!isOpen) {
          run = { ...run, trials: prepared.cells.length * run.plan.rounds };
        }
        if (signal.aborted) return "interrupted";
        await writeRunFile(folder, run);
      }
      ended = await runSweep({
        prepared,
        done,
        journal,
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
      await writeRunFile(folder, finished(run, ended, hooks.records()));
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

function sessionOf(startedAt: string): Session {
  return { startedAt, process: ownIdentity() };
}

function finished(
  run: RunFile,
  ended: "complete" | "interrupted",
  hooks: readonly HookRecord[] = [],
): RunFile {
  const { startedAt } = run.sessions[run.sessions.length - 1];
  const last: Session = {
    startedAt,
    finishedAt: timestamp(),
    ended,
    ...(hooks.length > 0 && { hooks: [...hooks] }),
  };
  return { ...run, sessions: [...run.sessions.slice(0, -1), last] };
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

function checkSameData(before: DataSource, now: DataSource, problem: string): void {
  for (const [file, sha256] of Object.entries(before.sha256)) {
    const other = now.sha256[file as keyof DataSource["sha256"]];
    if (other !== sha256) {
      throw new InputError(
        `${problem}: its ${file} have SHA-256 ${sha256.slice(0, 12)}…, the data at hand ` +
          `(${now.source}) ${other.slice(0, 12)}…`,
        "name the folder of the same data with --data, or start a new run",
      );
    }
  }
}

function differences(before: Environment, now: Environment): StartWarning[] {
  const told = (environment: Environment): Record<string, string> => ({
    host: environment.host,
    CPU: environment.cpu,
    cores: String(environment.cores),
    Slope: environment.slope,
    "git commit": environment.gitCommit ?? "unknown",
    ...environment.runtimes,
    ...environment.peers,
  });
  const [old, current] = [told(before), told(now)];
  return Object.keys(old)
    .filter((key) => old[key] !== current[key])
    .map((what) => ({
      kind: "environment-changed",
      what,
      before: old[what],
      ...known({ now: current[what] }),
    }));
}
