import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../base/errors.ts";
import { cannotWrite, readBytes } from "../../base/files.ts";
import { FILE_ROLES, type FileRole, MNIST_FILES } from "../known_sets.ts";

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

/** What is in the folder already: nothing, the whole set, or some blocks of it. */
export type FolderState =
  | { readonly state: "new" }
  | { readonly state: "whole" }
  | { readonly state: "begun"; readonly blocks: ReadonlySet<number> };

/**
 * Makes the folder where it is missing, and says what it holds. Throws InputError where it holds anything else, unless
 * `force` allows to remove the files of a set.
 */
export function openFolder(folder: string, set: DeformedSet, force: boolean): FolderState {
  const names = namesIn(folder);
  if (names.includes(RECORD_FILE) && isSame(join(folder, RECORD_FILE), set)) {
    if (FILE_ROLES.every((role) => existsSync(fileOf(folder, role)))) return { state: "whole" };
  }
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
  try {
    for (const name of names) if (own.has(name)) rmSync(join(folder, name));
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error, WRITABLE);
  }
  return { state: "new" };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
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
  const { blocks, size } = statSync(path);
  return Math.min(size, 512 * (blocks ?? 0));
}

export function beginJournal(folder: string, set: DeformedSet): void {
  writeFileSync(join(folder, JOURNAL_FILE), JSON.stringify(DeformedSet.parse(set)) + "\n");
}

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
