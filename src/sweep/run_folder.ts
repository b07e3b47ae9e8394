import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { mkdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import { cannotWrite, readBytes, temporaryName, writeFileAtomic } from "../base/files.ts";
import { readJournal } from "./journal.ts";
import { parseVersioned } from "./parse_versioned.ts";
import { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { isComplete } from "./run_state.ts";

export const RUN_FILE = "run.json";
export const JOURNAL_FILE = "trials.jsonl";
const LATEST = "latest";

/** Creates the folder of a new run, `<UTC time>-<host>`, in `out`. Returns its path. */
export async function createRunFolder(
  out: string,
  startedAt: string,
  host: string,
): Promise<string> {
  const time = startedAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "").replaceAll("-", "");
  const name = `${time}-${host.replaceAll(/[^A-Za-z0-9_.-]/g, "_")}`;
  try {
    await mkdir(out, { recursive: true });
    // Two runs may start within one second.
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

/** Errors of systems that refuse links: Windows without the privilege, FAT, some network file systems. */
const NO_LINKS = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/** Points `latest`, beside the folder, to it. */
export const pointLatest = (folder: string, link?: MakeLink): Promise<void> =>
  pointTo(folder, LATEST, link);

type MakeLink = (target: string, path: string) => Promise<void>;

/**
 * Points a name, beside the folder, to it: a link, or a text file with its name where links are refused. A rename
 * replaces it, so it is never absent.
 */
async function pointTo(folder: string, name: string, link: MakeLink = symlink): Promise<void> {
  const path = join(dirname(folder), name);
  const temporary = temporaryName(path);
  try {
    await link(basename(folder), temporary).catch((error) => {
      if (!NO_LINKS.includes(error.code)) throw error;
      return writeFile(temporary, `${basename(folder)}\n`);
    });
    await rename(temporary, path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Gives a run a name by which others can be compared with it, whichever run had the name before. */
export async function saveRun(folder: string, name: string, link?: MakeLink): Promise<void> {
  checkSavedName(name, dirname(folder));
  await pointTo(folder, name, link);
}

/** Throws InputError for a name that no run in `out` can have. */
export function checkSavedName(name: string, out: string): void {
  const other = otherThanRun(join(out, name));
  const problem = !/^\w[\w.-]*$/.test(name)
    ? "expected letters, digits, dots, - and _"
    : name === LATEST
    ? "it always points to the newest run"
    : other !== undefined
    ? `there is a ${other} of that name in ${out}`
    : undefined;
  if (problem === undefined) return;
  throw new InputError(`Cannot save a run as "${name}": ${problem}`, "choose another --save");
}

/** As `createRunFolder` names it: what a name leads to may have been removed since. */
const RUN_NAME = /^\d{8}T\d{6}Z-[\w.-]+$/;
/** A file system has no longer names. */
const LONGEST_NAME = 255;

/** What lies at a path and gives no run a name: it is the user's. */
function otherThanRun(path: string): "folder" | "file" | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isDirectory()) return "folder";
  const isShort = found.isFile() && found.size <= LONGEST_NAME + 2;
  const target = found.isSymbolicLink()
    ? readlinkSync(path)
    : isShort
    ? readFileSync(path, "utf8").trim()
    : "";
  const isRun = RUN_NAME.test(target) ||
    target !== "" && existsSync(join(resolve(dirname(path), target), RUN_FILE));
  return isRun ? undefined : "file";
}

/** The run folder that a user means: its path, or its name, `latest` or a saved one in `out`. */
export async function findRunFolder(given: string, out: string): Promise<string> {
  const inOut = join(out, given);
  const isRun = (path: string) => existsSync(join(path, RUN_FILE));
  const isName = given === LATEST || !isRun(given) && (isRun(inOut) || isFile(inOut));
  const named = isName ? inOut : given;
  const folder = resolve(dirname(named), await targetOf(named));
  if (!isRun(folder)) {
    const why = isFile(folder)
      ? "it is a file, expected the folder of a run"
      : `no ${RUN_FILE} in ${folder}`;
    throw new InputError(
      `Cannot read run "${given}": ${why}`,
      "name the folder of a run, as `bench` prints it, or the --out folder with `latest`",
    );
  }
  return folder;
}

/** Target of a link, or of a text file that stands for one; anything else is its own target. */
async function targetOf(path: string): Promise<string> {
  const text = isFile(path) && statSync(path).size <= LONGEST_NAME + 2
    ? readFile(path, "utf8")
    : Promise.resolve(basename(path));
  const [link, name] = await Promise.allSettled([readlink(path), text]);
  if (link.status === "fulfilled") return link.value;
  return name.status === "fulfilled" ? name.value.trim() : basename(path);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Names of the run folders in `out`, ascending, without links such as `latest`. */
export function runNames(out: string): string[] {
  let entries;
  try {
    entries = readdirSync(out, { withFileTypes: true });
  } catch (error) {
    throw new InputError(
      `Cannot list the runs in "${out}": ${
        existsSync(out) ? (error as Error).message : "there is no such folder"
      }`,
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

/** Reads `run.json`. Throws InputError when it is damaged or of another version. */
export function readRunFile(folder: string): RunFile {
  const path = join(folder, RUN_FILE);
  const text = readBytes(path).toString("utf8");
  const expected = "the JSON that a sweep writes";
  return parseVersioned(RunFile, text, `"${path}"`, expected, "restore the file from a copy");
}

/** A run from disk: run.json and every whole line of trials.jsonl, which only an unfinished run may lack. */
export function readRun(
  folder: string,
): { run: RunFile; trials: readonly TrialRecord[]; cutBytes: number } {
  const run = readRunFile(folder);
  const path = join(folder, JOURNAL_FILE);
  if (!isComplete(run) && !existsSync(path)) return { run, trials: [], cutBytes: 0 };
  const { trials, cutBytes } = readJournal(path);
  return { run, trials, cutBytes };
}

/** A run that nobody named: undefined where it is damaged or of another version, which must not stop what is new. */
export function readableRun(
  folder: string,
  onUnreadable?: (error: InputError) => void,
): ReturnType<typeof readRun> | undefined {
  try {
    return readRun(folder);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onUnreadable?.(error);
    return undefined;
  }
}
