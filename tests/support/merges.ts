import { RunFile } from "../../src/format/plan.ts";
import type { Summary } from "../../src/format/summary.ts";
import { TrialRecord } from "../../src/format/trial_record.ts";
import { distinctShards } from "../../src/merge/check_shards.ts";
import { mergeShards } from "../../src/merge/merge_shards.ts";
import { type LeftOutShard, readShards } from "../../src/merge/read_shards.ts";
import { summarise } from "../../src/summary/summarise.ts";
import { type MadeShard, makeShard } from "./shards.ts";

/** Reads, checks and merges what lies in these folders. */
export function merged(paths: readonly string[], byMachine = false) {
  const leftOut: LeftOutShard[] = [];
  const tell = (one: LeftOutShard) => void leftOut.push(one);
  const shards = distinctShards(readShards(paths, tell), byMachine, tell);
  const { run, trials } = mergeShards(shards, byMachine);
  RunFile.parse(run);
  trials.forEach((trial) => TrialRecord.parse(trial));
  return { run, trials, leftOut, summary: summarise(run, trials, "merged") };
}

export const warningOf = <K extends Summary["warnings"][number]["kind"]>(
  summary: Summary,
  kind: K,
) =>
  summary.warnings.find((one) => one.kind === kind) as
    | Extract<Summary["warnings"][number], { kind: K }>
    | undefined;

/** A shard on a machine with other facts. */
export const on =
  (environment: Partial<RunFile["environment"]>, index = 2) => (made: MadeShard, i: number) =>
    i === index ? makeShard(i, made.run.shard!.count, environment) : made;
