import { basename } from "node:path";
import { InputError } from "../base/errors.ts";
import type { Environment, RunFile } from "../format/plan.ts";
import { cellKey, type TrialRecord } from "../format/trial_record.ts";
import { recordsDigest } from "../report/page/raw_run.ts";
import {
  codeDifferences,
  dataDifferences,
  type Difference,
  differencesText,
  fileDifferences,
  planDifferences,
} from "../sweep/shards/same_work.ts";
import { shardName } from "../sweep/shards/shard_folder.ts";
import { shardOfRound } from "../sweep/shards/shard_rounds.ts";
import type { LeftOutShard, ReadShard } from "./read_shards.ts";

/**
 * The shards by index, each once and with each trial once. A copy of a shard or of a record is told and left out. Throws
 * InputError, which names two shards and what differs, where they are no shards of one run on machines of one kind; with
 * `byMachine`, machines may differ.
 */
export function distinctShards(
  shards: readonly ReadShard[],
  byMachine: boolean,
  onLeftOut: (one: LeftOutShard) => void,
): ReadShard[] {
  const [first, ...others] = shards.toSorted((a, b) =>
    a.shard.index - b.shard.index || a.shard.count - b.shard.count
  );
  const found = [first];
  const byWork = new Map([[workOf(first), first]]);
  for (const one of others) {
    const work = workOf(one);
    // One that lacks a library says nothing of its version: each is compared with all kinds before it.
    for (const other of byWork.has(work) ? [] : byWork.values()) {
      const differences = workDifferences(other, one);
      if (differences.length > 0) throw cannotMerge(other, one, differences, WORK_HINT);
    }
    byWork.set(work, byWork.get(work) ?? one);
    const same = found.find(({ shard }) => shard.index === one.shard.index);
    if (same === undefined) found.push(one);
    else if (recordsDigest(same) === recordsDigest(one)) {
      onLeftOut({ kind: "twice", folder: one.folder, other: same.folder });
    } else {
      throw new InputError(
        `Cannot merge "${same.folder}" and "${one.folder}": both are ${shardName(one.shard)}, ` +
          "and their records differ",
        "name the one that counts",
      );
    }
  }
  if (!byMachine) found.forEach((one) => checkMachines(first, one));
  return found.map((one) => ({ ...one, trials: distinctTrials(one, onLeftOut) }));
}

const WORK_HINT = "measure all shards of a run with one plan, the same data and the same code";

/** Equal for shards that need not be compared: of a thousand shards, nearly all are alike. */
const workOf = (one: ReadShard): string =>
  JSON.stringify([
    ...[one.shard.count, one.run.plan, one.run.data.sha256, one.run.plugins],
    environmentsOf(one).map(({ slope, gitCommit, codeSha256, runtimes, peers }) => [
      ...[slope, gitCommit, codeSha256, runtimes, peers],
    ]),
  ]);

/** What two shards of one run have in common, wherever they were measured. */
function workDifferences(a: ReadShard, b: ReadShard): Difference[] {
  const counts = [a, b].map(({ shard }) => String(shard.count));
  return [
    ...(counts[0] === counts[1] ? [] : [{ what: "number of shards", a: counts[0], b: counts[1] }]),
    ...planDifferences(a.run.plan, b.run.plan),
    ...dataDifferences(a.run.data.sha256, b.run.data.sha256),
    ...distinct(
      environmentsOf(a).flatMap((before) =>
        [a, b].flatMap(environmentsOf).flatMap((one) => codeDifferences(before, one))
      ),
    ),
    ...pluginDifferences(a.run, b.run),
  ];
}

const distinct = (differences: readonly Difference[]): Difference[] => [
  ...new Map(differences.map((one) => [one.what, one])).values(),
];

/** The machines of a shard, in the order of its sessions. */
export const environmentsOf = ({ run }: Pick<ReadShard, "run">): Environment[] => [
  run.environment,
  ...run.sessions.flatMap(({ environment }) => environment ?? []),
];

function pluginDifferences(a: RunFile, b: RunFile): Difference[] {
  const digests = ({ plugins = [] }: RunFile) =>
    Object.fromEntries(
      plugins.flatMap(({ path, sha256, imports = [] }) =>
        [{ path, sha256 }, ...imports].map((file) => [file.path, file.sha256] as const)
      ),
    );
  return fileDifferences(digests(a), digests(b));
}

/** Throws InputError where a shard was measured, at any time, on another kind of machine than the first. */
function checkMachines(first: ReadShard, one: ReadShard): void {
  for (const environment of environmentsOf(one)) {
    const differences = machineDifferences(first.run.environment, environment);
    if (differences.length === 0) continue;
    throw cannotMerge(
      first,
      one,
      differences,
      "times of different machines say nothing about the code; --by-machine gives each of them figures of its own",
    );
  }
}

function machineDifferences(a: Environment, b: Environment): Difference[] {
  const facts = ({ cpu, cores, arch }: Environment) => ({
    CPU: cpu,
    cores: String(cores),
    architecture: arch,
  });
  const ofB: Record<string, string> = facts(b);
  return Object.entries(facts(a)).filter(([what, value]) => value !== ofB[what])
    .map(([what, value]) => ({ what, a: value, b: ofB[what] }));
}

function cannotMerge(
  a: ReadShard,
  b: ReadShard,
  differences: readonly Difference[],
  hint: string,
): InputError {
  const [ofA, ofB] = [a, b].map(({ folder, run }) =>
    `in ${basename(folder)} on ${run.environment.host}`
  );
  return new InputError(
    `Cannot merge "${a.folder}" and "${b.folder}": ${differencesText(differences, ofA, ofB)}`,
    hint,
  );
}

/** Each trial once. Throws InputError for one that does not belong to the shard, or has two different records. */
function distinctTrials(
  { folder, shard, run, trials }: ReadShard,
  onLeftOut: (one: LeftOutShard) => void,
): TrialRecord[] {
  const found = new Map<string, string>();
  const kept = trials.filter((trial) => {
    const { round, cell } = trial;
    if (round > run.plan.rounds || shardOfRound(round, shard) !== shard.index) {
      throw new InputError(
        `Cannot merge "${folder}": it has a trial of round ${round}, which is not one of its rounds`,
        "measure that shard anew",
      );
    }
    const key = `${cellKey(cell)}#${round}`;
    const text = JSON.stringify(trial);
    const before = found.get(key);
    if (before === undefined) return found.set(key, text);
    if (before === text) return false;
    throw new InputError(
      `Cannot merge "${folder}": ${cell.implementation} at m = ${cell.examples} has two different records of ` +
        `round ${round}`,
      "two processes may have measured it at once: measure that shard anew",
    );
  });
  const records = trials.length - kept.length;
  if (records > 0) onLeftOut({ kind: "repeated", folder, records });
  return kept;
}
