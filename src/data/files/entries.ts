import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError, messageOf } from "../../base/errors.ts";
import { readRange } from "../../base/large_files.ts";
import { isGzip, isZip, zipMembers } from "../formats/unpack.ts";
import { type NamedFile, readFileName } from "./file_names.ts";

/** A file that may hold data, on disk or in an archive. */
export interface Entry extends NamedFile {
  /** Path, for messages. */
  readonly path: string;
  /** Below the folder that was named. */
  readonly name: string;
  readonly size: number;
  /** The whole file. Throws InputError. */
  readonly read: () => Uint8Array;
  /** Some bytes of a file on disk, for those too large to be held; absent in archives. */
  readonly range?: (from: number, length: number) => Uint8Array;
}

/** People keep torchvision's files three folders down. */
const MOST_FOLDERS = 4;
/** A home folder named by mistake must not be searched for minutes. */
const MOST_FILES = 5000;

/** The files below a folder that may be data, by their names. Throws InputError when it cannot be read. */
export function entriesOf(folder: string): { entries: Entry[]; others: string[] } {
  const entries: Entry[] = [];
  const others: string[] = [];
  let seen = 0;
  const visit = (name: string, depth: number): void => {
    for (const child of namesIn(join(folder, name), name === "")) {
      if (child.startsWith(".") || child === "node_modules" || ++seen > MOST_FILES) continue;
      const below = name === "" ? child : `${name}/${child}`;
      const status = statSync(join(folder, below), { throwIfNoEntry: false });
      if (status?.isDirectory()) {
        if (depth < MOST_FOLDERS) visit(below, depth + 1);
      } else if (status?.isFile()) {
        const entry = entryOf(join(folder, below), below);
        if (entry === undefined) others.push(below);
        else entries.push(entry);
      }
    }
  };
  visit("", 1);
  return { entries, others };
}

function namesIn(folder: string, isNamed: boolean): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (!isNamed) return []; // some folder below, which may well be private
    throw new InputError(
      `Cannot read the data folder "${folder}": ${
        (error as { code?: string }).code === "ENOENT"
          ? "there is no such folder or file"
          : messageOf(error)
      }`,
      "name a folder or a file with images and labels, or a set, as fashion-mnist",
      { cause: error },
    );
  }
}

/** A file on disk as an entry; undefined where its name says that it is none. */
export function entryOf(path: string, name = basename(path)): Entry | undefined {
  const named = readFileName(name);
  return named && namedEntry(path, name, named);
}

/** A file that the user names is tried, whatever its name says. */
export const givenEntry = (path: string): Entry =>
  entryOf(path) ?? namedEntry(path, basename(path), { set: "", format: "unknown", rank: 0 });

function namedEntry(path: string, name: string, named: NamedFile): Entry {
  const range = (from: number, length?: number) => readFrom(path, from, length);
  return { ...named, path, name, size: statSync(path).size, read: () => range(0), range };
}

function readFrom(path: string, from: number, length?: number): Uint8Array {
  try {
    return readRange(path, from, length);
  } catch (error) {
    throw new InputError(
      `Cannot read "${path}": ${messageOf(error)}`,
      error instanceof RangeError ? "use a smaller file" : "name a folder that you may read",
      { cause: error },
    );
  }
}

/** The members of the zip archives among these, and the other entries. Throws InputError. */
export function withMembers(entries: readonly Entry[], depth = 0): Entry[] {
  return entries.flatMap((entry) => {
    if (entry.format !== "zip" || depth > 2) return [entry];
    const archive = entry.read();
    if (!isZip(archive)) {
      // Under this name gzip, or anything else: its bytes decide later.
      return isGzip(archive) ? [{ ...entry, format: "unknown" as const }] : [entry];
    }
    const members = zipMembers(archive, entry.path).flatMap(({ name, size, read }): Entry[] => {
      const below = `${entry.name}/${name}`;
      const named = readFileName(below);
      return named ? [{ ...named, path: `${entry.path}/${name}`, name: below, size, read }] : [];
    });
    return withMembers(members, depth + 1);
  });
}
