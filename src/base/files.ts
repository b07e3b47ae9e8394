import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError, messageOf } from "./errors.ts";
import { writeRanges } from "./large_files.ts";

/**
 * Writes a file whole or not at all: to a temporary file beside it, flushed, then renamed. Creates parent folders.
 * Throws InputError when the system refuses; `hint` replaces the hint for a run folder.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  hint?: string,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error is the cause
    throw cannotWrite(path, error, hint);
  }
}

/** A name beside `path` that no other process uses. A process number is not enough: containers may share a folder. */
export const temporaryName = (path: string): string => `${path}.${randomUUID()}.tmp`;

/** The error for a path that cannot be written; the default hint is for a run folder. */
export function cannotWrite(path: string, error: unknown, hint?: string): InputError {
  const code = (error as { code?: string }).code;
  const ofRun = code === "ENOSPC"
    ? "free space on that disk, then go on with --resume; a shard goes on with the same command"
    : "name a folder that you may write to with --out";
  const why = code === "EEXIST" || code === "ENOTDIR"
    ? "a file lies where a folder is needed"
    : messageOf(error);
  return new InputError(`Cannot write "${path}": ${why}`, hint ?? ofRun, { cause: error });
}

export const cannotWriteTemporary = (path: string, error: unknown): InputError =>
  cannotWrite(path, error, "free space there, or name another temporary folder with TMPDIR");

/** Writes temporary data, and makes their folder. Returns the path. Throws InputError when the system refuses. */
export function writeTemporary(path: string, bytes: Uint8Array): string {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeRanges(path, bytes);
    return path;
  } catch (error) {
    throw cannotWriteTemporary(path, error);
  }
}

/** Why a file cannot be read, in the words of Slope where the cause is a usual one. */
export function whyUnreadable(error: unknown): string {
  switch ((error as { code?: string }).code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder, expected a file";
    case "EACCES":
    case "EPERM":
      return "you may not read it";
    default:
      return messageOf(error);
  }
}

/** The error for a path that cannot be read, with a hint that fits the cause. */
export function cannotRead(path: string, error: unknown): InputError {
  const code = (error as { code?: string }).code;
  const hint = code === "EACCES" || code === "EPERM"
    ? "give yourself permission to read it"
    : code === "EISDIR"
    ? "move that folder away, and restore the file from a copy"
    : "restore the file from a copy";
  return new InputError(`Cannot read "${path}": ${whyUnreadable(error)}`, hint, { cause: error });
}

/** The content of a file. Throws InputError when it cannot be read. */
export function readBytes(path: string) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}
