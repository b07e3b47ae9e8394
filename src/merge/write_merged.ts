import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../base/errors.ts";
import { cannotWrite, writeFileAtomic } from "../base/files.ts";
import type { RunFile } from "../format/plan.ts";
import { JOURNAL_FILE, readRunFile, RUN_FILE, writeRunFile } from "../sweep/run_folder.ts";
import type { MergedRun } from "./merge_shards.ts";
import type { ReadShard } from "./read_shards.ts";

/** The name of the folder of a merged run: when and where its first shard began, and how many there are. */
export function mergedName(
  { sessions: [{ startedAt }], environment, shards = [] }: RunFile,
): string {
  const time = startedAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "").replaceAll("-", "");
  const host = environment.host.replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  return `${time}-${host}-${shards[0].count}-shards`;
}

/**
 * Writes a merged run into `folder`, in the place of an earlier merge of the same shards, or of one that was cut off.
 * Throws InputError where the folder holds anything else, or cannot be written.
 */
export async function writeMerged(
  folder: string,
  { run, trials }: MergedRun,
  shards: readonly ReadShard[],
): Promise<void> {
  checkPlace(folder, run);
  begin(folder);
  const from = shards.find((one) => one.run.plugins !== undefined);
  for (const { copy, imports = [] } of run.plugins ?? []) {
    for (const one of [copy, ...imports.map((file) => file.copy)]) {
      if (one !== undefined) copyInto(folder, from!.folder, one);
    }
  }
  const lines = trials.map((trial) => JSON.stringify(trial) + "\n").join("");
  await writeFileAtomic(join(folder, JOURNAL_FILE), lines, ELSEWHERE);
  await writeRunFile(folder, run); // last: it makes the folder a run
  rmSync(join(folder, UNFINISHED), { force: true });
}

/** An empty file in a folder that holds half a merge and nothing else: the same merge may be repeated into it. */
const UNFINISHED = "merge-unfinished";

/** Marks the folder, and clears away what a merge that was killed was writing. */
function begin(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, UNFINISHED), "");
    for (const name of readdirSync(folder)) {
      if (/^(trials\.jsonl|run\.json)\..+\.tmp$/.test(name)) rmSync(join(folder, name));
    }
  } catch (error) {
    throw cannotWrite(folder, error, ELSEWHERE);
  }
}

const ELSEWHERE = "name another folder by --out";

function checkPlace(folder: string, run: RunFile): void {
  if (!existsSync(folder)) return;
  if (!existsSync(join(folder, RUN_FILE))) {
    if (isEmpty(folder) || existsSync(join(folder, UNFINISHED))) return;
    throw new InputError(`Cannot merge into "${folder}": it holds files, and no run`, ELSEWHERE);
  }
  if (isSameRun(readRunFile(folder), run)) return;
  throw new InputError(
    `Cannot merge into "${folder}": it holds another run than these shards`,
    ELSEWHERE,
  );
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    throw cannotWrite(folder, error, ELSEWHERE); // a file
  }
}

/** Whether both were merged from shards of one run, of which there may be more now. */
function isSameRun(before: RunFile, now: RunFile): boolean {
  const begun = ({ shards = [] }: RunFile) =>
    new Set(shards.map((one) => `${one.index} ${one.host} ${one.sessions[0].startedAt}`));
  return JSON.stringify(before.plan) === JSON.stringify(now.plan) &&
    !begun(before).isDisjointFrom(begun(now));
}

function copyInto(folder: string, from: string, path: string): void {
  const target = join(folder, path);
  try {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(from, path), target);
  } catch (error) {
    throw cannotWrite(target, error, ELSEWHERE);
  }
}
