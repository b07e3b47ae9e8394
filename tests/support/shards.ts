import { join } from "node:path";
import type { Environment, RunFile } from "../../src/format/plan.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { shardFolder } from "../../src/sweep/shards/shard_folder.ts";
import { roundsOfShard } from "../../src/sweep/shards/shard_rounds.ts";
import { writeRun } from "./runs.ts";
import { makeRun, makeTrials } from "./trials.ts";

/** A small plan of six rounds. */
export const SHARDED = { sizes: [1000, 2000], rounds: 6 };

/** What a made-up shard has, before it is changed. */
export interface MadeShard {
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/** A shard as a node measures it, one minute after the shard before it. */
export function makeShard(
  index: number,
  count: number,
  environment: Partial<Environment> = {},
): MadeShard {
  const at = (second: number) => `2026-03-01T10:0${index}:${String(second).padStart(2, "0")}.000Z`;
  const host = `n${index}`;
  const run = makeRun({
    plan: SHARDED,
    environment: { host, ...environment },
    sessions: [{ startedAt: at(0), finishedAt: at(50), ended: "complete" }],
  });
  const shard = { index, count };
  const own = roundsOfShard(run.plan.rounds, shard);
  const trials = makeTrials(
    run,
    (trial) => own.includes(trial.round) ? { ...trial, node: environment.host ?? host } : undefined,
  );
  return { run: { ...run, shard, trials: trials.length }, trials };
}

/** Writes all shards in `out`, each as `change` makes it; one that it drops never came. */
export async function writeShards(
  out: string,
  count: number,
  change: (made: MadeShard, index: number) => MadeShard | undefined = (made) => made,
): Promise<string[]> {
  const folders: string[] = [];
  for (let index = 1; index <= count; index++) {
    const made = change(makeShard(index, count), index);
    if (made === undefined) continue;
    folders.push(await writeRun(shardFolder(out, { index, count }), made.run, made.trials));
  }
  return folders;
}

export const journalOf = (folder: string): string => join(folder, "trials.jsonl");
