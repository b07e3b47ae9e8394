import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import { cannotWrite, temporaryName, writeFileAtomic } from "../base/files.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import { readJournal } from "./journal.ts";
import { RunFile } from "../format/plan.ts";

export const RUN_FILE = "run.json";
export const JOURNAL_FILE = "trials.jsonl";
const LATEST = "latest";

/** Makes the folder of a new run, `<UTC time>-<host>`, in `out`. Returns its path. */
export async function createRunFolder(
  out: string,
  startedAt: string,
  host: string,
): Promise<string> {
  const time = startedAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "").replaceAll("-", "");
  const name = `${time}-${host.replaceAll(/[^A-Za-z0-9_.-]/g, "_")}`;
  try {
    await mkdir(out, { recursive: true });
    // Two runs that start within one second get different folders.
    for (let attempt = 1;; attempt++) {
      const folder = join(out, attempt === 1 ? name : `${name}-${attempt}`);
      try {
        await mkdir(folder);
        return folder;
      } catch (error) {
        if ((error as { code?: string }).code !== "EEXIST" || attempt >= 1000) throw error;
      }
    }
  } catch (error) {
    throw cannotWrite(out, error);
  }
}

/** Systems that refuse links: Windows without the privilege, FAT and some network file systems. */
const NO_LINKS = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/**
 * Lets `latest`, beside the folder, point to it: a link, or a text file with the name where links are refused.
 * Replaced by rename, so that it is never absent.
 */
export async function pointLatest(
  folder: string,
  link: (target: string, path: string) => Promise<void> = symlink,
): Promise<void> {
  const latest = join(dirname(folder), LATEST);
  const temporary = temporaryName(latest);
  try {
    await link(basename(folder), temporary).catch((error) => {
      if (!NO_LINKS.includes(error.code)) throw error;
      return writeFile(temporary, `${basename(folder)}\n`);
    });
    await rename(temporary, latest);
  } catch (error) {
    throw cannotWrite(latest, error);
  }
}

/** The run folder that a user means: its path, or its name ("latest" for one) in `out`. */
export async function findRunFolder(given: string, out: string): Promise<string> {
  const inOut = join(out, given);
  const isName = given === LATEST || !existsSync(given) && existsSync(join(inOut, RUN_FILE));
  const named = isName ? inOut : given;
  const folder = resolve(dirname(named), await targetOf(named));
  if (!existsSync(join(folder, RUN_FILE))) {
    throw new InputError(
      `Cannot read run "${given}": no ${RUN_FILE} in ${folder}`,
      "name the folder of a run, as `bench` prints it, or the --out folder with `latest`",
    );
  }
  return folder;
}

/** Where a link, or a `latest` that is a text file, points to; anything else is its own target. */
async function targetOf(path: string): Promise<string> {
  const text = basename(path) === LATEST ? readFile(path, "utf8") : Promise.resolve(basename(path));
  const [link, name] = await Promise.allSettled([readlink(path), text]);
  if (link.status === "fulfilled") return link.value;
  return name.status === "fulfilled" ? name.value.trim() : basename(path);
}

/** Names of the folders of runs in `out`, ascending; links, as `latest` is one, left out. */
export function runNames(out: string): string[] {
  let entries;
  try {
    entries = readdirSync(out, { withFileTypes: true });
  } catch (error) {
    throw new InputError(
      `Cannot list the runs in "${out}": ${(error as Error).message}`,
      "name the folder in which the folders of runs lie",
      { cause: error },
    );
  }
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(out, entry.name, RUN_FILE)))
    .map(({ name }) => name).sort();
}

export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeFileAtomic(join(folder, RUN_FILE), JSON.stringify(run, undefined, 2) + "\n");
}

/** Reads `run.json`. Throws InputError when it is damaged or of another schema. */
export function readRunFile(folder: string): RunFile {
  const path = join(folder, RUN_FILE);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError(
      `Cannot read "${path}": ${(error as Error).message}, expected the JSON that a sweep writes`,
      "restore the file from a copy",
      { cause: error },
    );
  }
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (schema !== FORMAT_VERSION) {
    throw new InputError(
      `Cannot read "${path}": schema is ${JSON.stringify(schema)}, expected ${FORMAT_VERSION}`,
      "read it with the version of Slope that wrote it",
    );
  }
  const parsed = RunFile.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(
      `Cannot read "${path}": ${issue.path.join(".")}: ${issue.message}`,
      "restore the file from a copy",
    );
  }
  return parsed.data;
}

/** A whole run as it lies on disk: run.json and every whole line of trials.jsonl. */
export function readRun(folder: string): { run: RunFile; trials: TrialRecords; cutBytes: number } {
  const run = readRunFile(folder);
  const path = join(folder, JOURNAL_FILE);
  if (!existsSync(path)) return { run, trials: [], cutBytes: 0 };
  const { trials, cutBytes } = readJournal(path);
  return { run, trials, cutBytes };
}

type TrialRecords = ReturnType<typeof readJournal>["trials"];
