import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../../base/errors.ts";
import { cannotRead, cannotWrite, temporaryName } from "../../base/files.ts";
import type { PlanInput } from "../../format/plan.ts";
import type { Shard } from "../../format/shard.ts";
import { SharedPlan } from "../../format/shared_plan.ts";
import { parseVersioned } from "../parse_versioned.ts";
import {
  codeDifferences,
  dataDifferences,
  type Difference,
  differencesText,
  fileDifferences,
  planDifferences,
} from "./same_work.ts";
import { shardName } from "./shard_folder.ts";

const SHARDS_FILE = "shards.json";

/** Where links are refused, the file is written in place, and another process may see half of it for a moment. */
const [READ_TRIES, READ_PAUSE_MS] = [20, 100];

/** What the shards in `out` measure; undefined where none has begun. Throws InputError for a file that is damaged. */
export async function readSharedPlan(out: string): Promise<SharedPlan | undefined> {
  const path = join(out, SHARDS_FILE);
  for (let attempt = 1;; attempt++) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      throw cannotRead(path, error);
    }
    try {
      return parseVersioned(
        SharedPlan,
        text,
        `"${path}"`,
        "what the first shard writes",
        "measure the shards in a new folder, by another --out",
      );
    } catch (error) {
      if (text.endsWith("}\n") || attempt === READ_TRIES) throw error;
      await pause(READ_PAUSE_MS);
    }
  }
}

/** Writes `own` if no shard has begun. Returns what is there then: `own`, or what a quicker shard wrote. */
export async function agreeOnPlan(out: string, own: SharedPlan): Promise<SharedPlan> {
  const path = join(out, SHARDS_FILE);
  const text = JSON.stringify(own, undefined, 2) + "\n";
  const temporary = temporaryName(path);
  try {
    await mkdir(out, { recursive: true });
    writeFileSync(temporary, text, { flush: true });
    try {
      linkSync(temporary, path); // unlike a rename, it never replaces a file
    } catch (error) {
      if (codeOf(error) === "EEXIST") throw error;
      writeInPlace(path, text);
    }
    return own;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw cannotWrite(path, error);
  } finally {
    rmSync(temporary, { force: true });
  }
  const found = await readSharedPlan(out);
  if (found !== undefined) return found;
  throw new InputError(`Cannot read "${path}": it was removed`, "start the shard again");
}

/** Throws the error of the system: EEXIST where another shard was quicker. */
export function writeInPlace(path: string, text: string, write = writeFileSync): void {
  try {
    write(path, text, { flag: "wx", flush: true });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") rmSync(path, { force: true }); // half of it would stop every shard
    throw error;
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code;

/** Throws InputError for a shard of another number of shards, or one that was given other options. */
export function checkSameOptions(
  shared: SharedPlan,
  { count, index }: Shard,
  given: PlanInput,
  out: string,
): void {
  if (shared.shards !== count) {
    throw new InputError(
      `Cannot measure shard ${index}/${count} in "${out}": it holds the shards of a run in ${shared.shards} parts`,
      `name one of ${shared.shards}, as --shard ${
        Math.min(index, shared.shards)
      }/${shared.shards}, ` +
        "or another folder by --out",
    );
  }
  refuse(planDifferences(shared.given, given), { count, index }, out, [
    "when the first shard began",
    "start all shards with the same options, or name another folder by --out",
  ]);
}

/** Throws InputError for a machine with other data, other code or other runtimes. */
export function checkSameSurroundings(
  shared: SharedPlan,
  own: Pick<SharedPlan, "environment" | "sha256" | "plugins">,
  shard: Shard,
  out: string,
): void {
  const where = `where the first shard began (${shared.environment.host})`;
  refuse(dataDifferences(shared.sha256, own.sha256), shard, out, [
    where,
    "name the folder of the same data with --data",
  ]);
  refuse(codeDifferences(shared.environment, own.environment), shard, out, [
    where,
    "give every node the same Slope, runtimes and libraries, or name another folder by --out",
  ]);
  refuse(fileDifferences(shared.plugins ?? {}, own.plugins ?? {}), shard, out, [
    where,
    "measure one version of the plug-in in all shards, or name another folder by --out",
  ]);
}

function refuse(
  differences: readonly Difference[],
  shard: Shard,
  out: string,
  [before, hint]: readonly [before: string, hint: string],
): void {
  if (differences.length === 0) return;
  throw new InputError(
    `Cannot measure ${shardName(shard)} in "${out}": ${
      differencesText(differences, before, "here")
    }`,
    hint,
  );
}
