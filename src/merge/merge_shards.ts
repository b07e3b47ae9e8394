import { known } from "../base/known.ts";
import { mergeCeilings } from "../machine/find_ceiling.ts";
import type { Environment, MergedShard, RunFile, Session } from "../format/plan.ts";
import { FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
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
  const machines = byMachine ? machinesOf(shards) : undefined;
  const isWhole = merged.length === count && merged.every((one) => !isUnfinished(one));
  const had = <N extends keyof RunFile>(name: N): RunFile[N] | undefined =>
    shards.find(({ run }) => run[name] !== undefined)?.run[name];
  const run: RunFile = known({
    schema: FORMAT_VERSION,
    plan,
    environment: environmentOf(first, machines),
    data: first.data,
    sessions: [sessionOf(shards, isWhole)],
    implementations: had("implementations"),
    leftOut: had("leftOut"),
    nonZeroPixels: had("nonZeroPixels"),
    plugins: had("plugins"),
    sandbox: had("sandbox"),
    trials: cells === undefined ? undefined : cells * plan.rounds,
    // The rates of one kind of machine bound no cell of another.
    ceilings: machines === undefined ? ceilingsOf(shards) : undefined,
    shards: merged,
  });
  const trials = shards.flatMap(({ run, trials }) =>
    trials.map((trial): TrialRecord => {
      const { node = run.environment.host, cell } = trial;
      const machine = machines?.get(node);
      return { ...trial, ...(machine !== undefined && { cell: { ...cell, machine } }), node };
    })
  );
  return { run, trials };
}

/** That of the first shard; of several kinds of machines, with all their CPUs, and no caches, which differ. */
function environmentOf(
  { environment }: RunFile,
  machines: ReadonlyMap<string, string> | undefined,
): Environment {
  if (machines === undefined) return environment;
  return { ...environment, cpu: [...new Set(machines.values())].join(" + "), cachesBytes: {} };
}

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
      planned: cells === undefined ? undefined : cells * roundsOfShard(plan.rounds, shard).length,
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

/** The kind of machine of each node; undefined where all are of one kind. The cores count where a CPU has several. */
function machinesOf(shards: readonly ReadShard[]): ReadonlyMap<string, string> | undefined {
  const environments = shards.flatMap(environmentsOf);
  const kinds = (of: readonly Environment[]) =>
    new Set(of.map(({ arch, cores }) => `${arch} ${cores}`)).size;
  const nameOf = ({ cpu, arch, cores }: Environment): string =>
    kinds(environments.filter((one) => one.cpu === cpu)) === 1
      ? cpu
      : `${cpu} (${arch}, ${cores} cores)`;
  const machines = new Map(environments.map((one) => [one.host, nameOf(one)]));
  return new Set(machines.values()).size > 1 ? machines : undefined; // one kind is no dimension
}
