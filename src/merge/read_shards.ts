import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import type { RunFile } from "../format/plan.ts";
import type { Shard } from "../format/shard.ts";
import { FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import { JOURNAL_FILE, readRunFile, RUN_FILE } from "../sweep/run_folder.ts";
import { readJournal } from "../sweep/journal.ts";
import { shardFolder, shardsIn } from "../sweep/shards/shard_folder.ts";

/** A shard as it lies on disk. */
export interface ReadShard {
  readonly folder: string;
  readonly shard: Shard;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
  /** Bytes of a last record that was cut, and is left out. */
  readonly cutBytes: number;
}

/** Something that is not merged, and need not stop the rest. */
export type LeftOutShard =
  /** Nothing was measured: it has a folder, and no run.json. */
  | { readonly kind: "not-begun"; readonly folder: string }
  | { readonly kind: "damaged"; readonly folder: string; readonly error: InputError }
  /** The same folder, or a copy of it, was named twice. */
  | { readonly kind: "twice"; readonly folder: string; readonly other: string }
  /** The same record stands twice in a shard. */
  | { readonly kind: "repeated"; readonly folder: string; readonly records: number };

/**
 * Reads the shards in `paths`: folders of shards, or folders that hold some. What is damaged or has not begun is told,
 * and is missing. Throws InputError for anything else that is named, and where there is no shard at all.
 */
export function readShards(
  paths: readonly string[],
  onLeftOut: (one: LeftOutShard) => void,
): ReadShard[] {
  const folders = paths.flatMap(foldersOf);
  checkVersions(folders);
  const seen = new Map<string, string>();
  const shards: ReadShard[] = [];
  for (const folder of folders) {
    const real = realpathSync(folder);
    const other = seen.get(real);
    if (other !== undefined) {
      onLeftOut({ kind: "twice", folder, other });
      continue;
    }
    seen.set(real, folder);
    const read = readShard(folder, onLeftOut);
    if (read !== undefined) shards.push(read);
  }
  if (shards.length > 0) return shards;
  throw new InputError(
    `Cannot merge ${paths.join(", ")}: no shard in it has begun or can be read`,
    "name the folder that `bench --shard` was given as --out",
  );
}

/** The folders of shards that a path means. */
function foldersOf(path: string): string[] {
  if (existsSync(join(path, RUN_FILE))) return [path];
  const inside = shardsIn(path).map((shard) => shardFolder(path, shard));
  if (inside.length > 0) return inside;
  if (/^shard-\d+-of-\d+$/.test(basename(resolve(path))) && existsSync(path)) return [path];
  throw new InputError(
    `Cannot merge "${path}": ${
      existsSync(path) ? "there is no shard in it" : "there is no such folder"
    }`,
    "name folders shard-1-of-4, shard-2-of-4 and so on, or the folder that holds them",
  );
}

/** Throws InputError for shards that different versions of Slope wrote, or another than this. */
function checkVersions(folders: readonly string[]): void {
  const versions = new Map<number, string>();
  for (const folder of folders) {
    const version = versionOf(join(folder, RUN_FILE));
    if (version !== undefined && !versions.has(version)) versions.set(version, folder);
  }
  const [a, b] = [...versions];
  if (a === undefined || b === undefined && a[0] === FORMAT_VERSION) return;
  throw new InputError(
    b === undefined
      ? `Cannot merge "${a[1]}": schema is ${a[0]}, expected ${FORMAT_VERSION}`
      : `Cannot merge "${a[1]}" and "${b[1]}": schema is ${a[0]} in the first and ${
        b[0]
      } in the second`,
    "measure all shards with one version of Slope, and merge with that",
  );
}

/** The version of a file of a run; undefined where it does not say. */
function versionOf(path: string): number | undefined {
  try {
    const { schema } = JSON.parse(readFileSync(path, "utf8"));
    return typeof schema === "number" ? schema : undefined;
  } catch {
    return undefined; // reading the whole file says why
  }
}

function readShard(
  folder: string,
  onLeftOut: (one: LeftOutShard) => void,
): ReadShard | undefined {
  if (!existsSync(join(folder, RUN_FILE))) {
    onLeftOut({ kind: "not-begun", folder });
    return undefined;
  }
  try {
    const run = readRunFile(folder);
    const path = join(folder, JOURNAL_FILE);
    // A shard that was killed before its first trial has no journal.
    const { trials, cutBytes } = existsSync(path) ? readJournal(path) : { trials: [], cutBytes: 0 };
    if (run.shard === undefined) throw noShard(folder, run);
    return { folder, shard: run.shard, run, trials, cutBytes };
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof NoShard) throw error;
    onLeftOut({ kind: "damaged", folder, error });
    return undefined;
  }
}

/** A run that cannot be merged, whatever the others are. */
class NoShard extends InputError {}

const noShard = (folder: string, { shards }: RunFile): NoShard =>
  shards === undefined
    ? new NoShard(
      `Cannot merge "${folder}": it is a whole run, and no shard of one`,
      "measure shards with `bench --shard 1/4` and so on; `compare` puts whole runs side by side",
    )
    : new NoShard(
      `Cannot merge "${folder}": it was merged from shards already`,
      "name the folders of its shards",
    );
