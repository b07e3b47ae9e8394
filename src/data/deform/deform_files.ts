import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../base/errors.ts";
import { cannotWrite, readBytes, writeFileAtomic } from "../../base/files.ts";
import { FILE_ROLES, type FileRole, MNIST_FILES } from "../known_sets.ts";
import { LOCK_FILE } from "./deform_lock.ts";

/** What decides every byte of a set of deformed images. */
export const DeformedSet = z.strictObject({
  /** Another number: the same seed gives other bytes. */
  deformation: z.literal(1),
  seed: z.int().nonnegative(),
  /** Number of the first example. */
  from: z.int().nonnegative(),
  examples: z.int().positive(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  /** SHA-256 of what it is made from, as IDX files of bytes. */
  source: z.strictObject({
    trainImages: z.string(),
    trainLabels: z.string(),
    testImages: z.string(),
    testLabels: z.string(),
  }),
});
export type DeformedSet = z.infer<typeof DeformedSet>;

/** What the images beside it are. Without these, they are still being made. */
export const RECORD_FILE = "deform.json";
/** The set, then a line for each block that is written. Neither it nor parts of files are taken for data. */
const JOURNAL_FILE = "deform-unfinished.log";
const PART = ".part";

export const fileOf = (folder: string, role: FileRole): string =>
  join(folder, MNIST_FILES[role].name);
export const partOf = (folder: string, role: FileRole): string => fileOf(folder, role) + PART;

const WRITABLE = "name a folder that you may write to with --out";

/** What is in the folder already: the whole set, some blocks of it, or files that must go first. */
type FolderState =
  | { readonly state: "whole" }
  | { readonly state: "begun"; readonly blocks: ReadonlySet<number> }
  | { readonly state: "new"; readonly obsolete: readonly string[] };

/** Makes the folder where it is missing. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error, WRITABLE);
  }
}

/**
 * Says what the folder holds, and changes nothing. Throws InputError where it holds anything else, unless `force` allows
 * to remove the files of a set.
 */
export function lookInto(folder: string, set: DeformedSet, force: boolean): FolderState {
  if (isWhole(folder, set)) return { state: "whole" };
  const names = namesIn(folder);
  if (names.includes(JOURNAL_FILE)) {
    const [head, ...lines] = readBytes(join(folder, JOURNAL_FILE)).toString().split("\n");
    const isBegun = isSameText(head, set) && existsSync(partOf(folder, "trainImages"));
    // The last line may be cut off: what ends no line is not there.
    const blocks = lines.slice(0, -1).filter((line) => /^\d+$/.test(line)).map(Number);
    if (isBegun) return { state: "begun", blocks: new Set(blocks) };
  }
  const own = new Set([
    RECORD_FILE,
    JOURNAL_FILE,
    ...FILE_ROLES.flatMap((role) => [MNIST_FILES[role].name, MNIST_FILES[role].name + PART]),
  ]);
  if (names.length > 0 && !force) {
    const others = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
    throw new InputError(
      `Cannot write to "${folder}": it holds ${others}, and no set that these options would finish`,
      "name a new folder, or replace the images and labels there with --force",
    );
  }
  const obsolete = names.filter((name) => own.has(name)).map((name) => join(folder, name));
  return { state: "new", obsolete };
}

export function removeFiles(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmSync(path);
    } catch (error) {
      throw cannotWrite(path, error, WRITABLE);
    }
  }
}

/** Throws InputError where the folder is one that data are read from. */
export function checkOrigins(folder: string, origins: readonly string[]): void {
  const own = realPath(folder);
  if (!origins.some((origin) => realPath(origin) === own)) return;
  throw new InputError(
    `Cannot write to "${folder}": the images to be deformed are read from there`,
    "name another folder with --out",
  );
}

/** Links followed; the same path where there is no such file. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Whether the folder holds the set, all of it. */
export const isWhole = (folder: string, set: DeformedSet): boolean =>
  isSame(join(folder, RECORD_FILE), set) &&
  FILE_ROLES.every((role) => existsSync(fileOf(folder, role)));

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith(LOCK_FILE)).sort();
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw cannotWrite(folder, error, WRITABLE);
  }
}

function isSame(path: string, set: DeformedSet): boolean {
  try {
    return isSameText(readFileSync(path, "utf8"), set);
  } catch {
    return false;
  }
}

function isSameText(text: string, set: DeformedSet): boolean {
  try {
    const found = DeformedSet.safeParse(JSON.parse(text)).data;
    return JSON.stringify(found) === JSON.stringify(DeformedSet.parse(set));
  } catch {
    return false;
  }
}

/** Bytes of a file that are written already, for they need no more space. */
export function writtenBytes(path: string): number {
  const { blocks, size } = lstatSync(path);
  return Math.min(size, 512 * (blocks ?? 0));
}

/**
 * Begins the journal with the blocks that are known to be written. A line that was cut off is dropped: the number of the
 * next block would be added to it.
 */
export const beginJournal = (
  folder: string,
  set: DeformedSet,
  blocks: Iterable<number> = [],
): Promise<void> =>
  writeFileAtomic(
    join(folder, JOURNAL_FILE),
    [JSON.stringify(DeformedSet.parse(set)), ...blocks].join("\n") + "\n",
    WRITABLE,
  );

export const noteBlock = (folder: string, block: number): void =>
  appendFileSync(join(folder, JOURNAL_FILE), `${block}\n`);

export const endJournal = (folder: string): void =>
  rmSync(join(folder, JOURNAL_FILE), { force: true });

/** The error for a file of the set that cannot be written. */
export const cannotMake = (path: string, error: unknown): InputError =>
  cannotWrite(
    path,
    error instanceof Error ? error : new Error(messageOf(error)),
    (error as { code?: string }).code === "ENOSPC"
      ? "free space on that disk, then give the same command again: it goes on where it stopped"
      : WRITABLE,
  );
