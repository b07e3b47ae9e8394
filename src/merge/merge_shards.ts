import { known } from "../base/known.ts";
import { mergeCeilings } from "../machine/find_ceiling.ts";
import type { Environment, MergedShard, RunFile, Session } from "../format/plan.ts";
import { cellKey, FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import { sessionSpans } from "../summary/run_time.ts";
import { isUnfinished } from "../summary/shard_warnings.ts";
import { roundsOfShard } from "../sweep/shards/shard_rounds.ts";
import { environmentsOf } from "./check_shards.ts";
import type { ReadShard } from "./read_shards.ts";

/** A run as it lies on disk. */
export interface MergedRun {
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/**
 * One run of its shards, which are distinct and by index. It follows from them alone: no time but theirs is in it, and
 * the order in which they were named does not count.
 */
export function mergeShards(shards: readonly ReadShard[], byMachine: boolean): MergedRun {
  const [{ run: first, shard: { count } }] = shards;
  const { plan } = first;
  const cells = cellsOf(shards);
  const merged = shards.map((one) => mergedShard(one, cells));
  const machineOf = byMachine ? machinesOf(shards) : undefined;
  const nodeOf = nodesOf(shards);
  const isWhole = merged.length === count && merged.every((one) => !isUnfinished(one));
  const had = <N extends keyof RunFile>(name: N): RunFile[N] | undefined =>
    shards.find(({ run }) => run[name] !== undefined)?.run[name];
  const run: RunFile = known({
    schema: FORMAT_VERSION,
    plan,
    environment: environmentOf(shards, machineOf),
    data: first.data,
    sessions: [sessionOf(shards, isWhole)],
    implementations: implementationsOf(shards),
    leftOut: had("leftOut"),
    nonZeroPixels: had("nonZeroPixels"),
    plugins: had("plugins"),
    sandbox: had("sandbox"),
    trials: cells === undefined ? undefined : cells * plan.rounds,
    // The rates of one kind of machine bound no cell of another.
    ceilings: machineOf === undefined ? ceilingsOf(shards) : undefined,
    shards: merged,
  });
  const inOneCell = cellsOfSkipped(shards);
  const trials = shards.flatMap((shard) => {
    const here = new Map(environmentsOf(shard).map((one) => [one.host, one]));
    return shard.trials.map(inOneCell).map((trial): TrialRecord => {
      const { node = shard.run.environment.host, cell } = trial;
      const machine = machineOf?.(here.get(node) ?? shard.run.environment);
      return {
        ...trial,
        ...(machine !== undefined && { cell: { ...cell, machine } }),
        node: nodeOf(shard, node),
      };
    });
  });
  return { run, trials };
}

/** Each as a node knows it that has the program: the others know no more than its name. */
function implementationsOf(shards: readonly ReadShard[]): RunFile["implementations"] {
  const all = shards.flatMap(({ run }) => run.implementations ?? []);
  if (all.length === 0) return undefined;
  return [...Map.groupBy(all, ({ name }) => name).values()]
    .map((same) => same.find(({ summary = "" }) => summary !== "") ?? same[0]);
}

/**
 * Moves a trial that was skipped to the cell that others measured. A node that lacks a program does not know its
 * precision, and names a cell that nobody has.
 */
function cellsOfSkipped(shards: readonly ReadShard[]): (trial: TrialRecord) => TrialRecord {
  const keyOf = ({ cell }: TrialRecord) => cellKey({ ...cell, precision: "float32" });
  const precisions = Map.groupBy(
    shards.flatMap(({ trials }) => trials).filter(({ status }) => status !== "skipped"),
    keyOf,
  );
  return (trial) => {
    if (trial.status !== "skipped") return trial;
    const found = new Set(precisions.get(keyOf(trial))?.map(({ cell }) => cell.precision));
    const [precision] = found;
    return found.size === 1 ? { ...trial, cell: { ...trial.cell, precision } } : trial;
  };
}

/**
 * That of the first shard; of several kinds of machines, with all their CPUs by name, the cores of the first of them, and
 * no caches, which differ.
 */
function environmentOf(
  shards: readonly ReadShard[],
  machineOf: MachineOf | undefined,
): Environment {
  const [{ run: { environment } }] = shards;
  if (machineOf === undefined) return environment;
  const kinds = new Map(shards.flatMap(environmentsOf).map((one) => [machineOf(one), one]));
  const names = [...kinds.keys()].sort();
  const { cores, arch } = kinds.get(names[0])!;
  return { ...environment, cores, arch, cpu: names.join(" + "), cachesBytes: {} };
}

/**
 * The name of a node: the first host that its boot shows, as pods have several, and a number where machines that are not
 * the same share a host name, as "localhost". One that was started anew between two shards counts as another, which does
 * no harm.
 */
function nodesOf(shards: readonly ReadShard[]): (shard: ReadShard, host: string) => string {
  const machineOf = ({ run: { environment, sessions } }: ReadShard, host: string) => {
    const session = sessions.find((one) => (one.environment ?? environment).host === host);
    return session?.boot === undefined ? `host ${host}` : `boot ${session.boot}`;
  };
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const shard of shards) {
    for (const { host } of environmentsOf(shard)) {
      const machine = machineOf(shard, host);
      if (names.has(machine)) continue;
      const count = (counts.get(host) ?? 0) + 1;
      counts.set(host, count);
      names.set(machine, count > 1 ? `${host} ${count}` : host);
    }
  }
  return (shard, host) => names.get(machineOf(shard, host)) ?? host;
}

type MachineOf = (environment: Environment) => string;

/** The number of cells of the plan; undefined where no shard came so far that it is known. */
function cellsOf(shards: readonly ReadShard[]): number | undefined {
  for (const { run: { trials, plan }, shard } of shards) {
    if (trials !== undefined) return trials / roundsOfShard(plan.rounds, shard).length;
  }
}

function mergedShard(
  { run, shard, trials, cutBytes }: ReadShard,
  cells: number | undefined,
): MergedShard {
  const { environment, sessions, plan } = run;
  return {
    ...shard,
    host: environment.host,
    environment,
    // A process that is there now says nothing about the merged run.
    sessions: sessions.map(({ process: _, ...session }) => session),
    trials: trials.length,
    ...known({
      // A node that lacks a program may have fewer cells of it.
      planned: run.trials ??
        (cells === undefined ? undefined : cells * roundsOfShard(plan.rounds, shard).length),
      cutBytes: cutBytes > 0 ? cutBytes : undefined,
    }),
  };
}

/** From the first start of a shard to the last end. */
function sessionOf(shards: readonly ReadShard[], isWhole: boolean): Session {
  const spans = shards.flatMap(({ run, trials }) =>
    sessionSpans(run.sessions, trials, run.environment.host)
  );
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    startedAt: at(Math.min(...spans.map(([start]) => start))),
    finishedAt: at(Math.max(...spans.map(([, end]) => end))),
    ended: isWhole ? "complete" : "interrupted",
  };
}

function ceilingsOf(shards: readonly ReadShard[]): RunFile["ceilings"] {
  const all = shards.flatMap(({ run }) => run.ceilings === undefined ? [] : [run.ceilings]);
  return all.length === 0 ? undefined : all.reduce(mergeCeilings);
}

/** Names kinds of machines; undefined where all are of one kind. The cores count where a CPU has several. */
function machinesOf(shards: readonly ReadShard[]): MachineOf | undefined {
  const environments = shards.flatMap(environmentsOf);
  const sizes = Map.groupBy(environments, ({ cpu }) => cpu);
  const sizeOf = ({ arch, cores }: Environment): string => `${arch}, ${cores} cores`;
  const severalSizes = new Set(
    [...sizes].filter(([, of]) => new Set(of.map(sizeOf)).size > 1).map(([cpu]) => cpu),
  );
  const nameOf = (one: Environment): string =>
    severalSizes.has(one.cpu) ? `${one.cpu} (${sizeOf(one)})` : one.cpu;
  return new Set(environments.map(nameOf)).size > 1 ? nameOf : undefined; // one kind is no dimension
}
