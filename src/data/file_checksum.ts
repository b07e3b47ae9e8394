import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { temporaryName } from "../base/files.ts";
import { readInto } from "../base/large_files.ts";
import { sha256 } from "./formats/table.ts";

/** Bytes that are read at once. */
const PIECE = 2 ** 23;

/** Some bytes of a file. */
interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
}

/**
 * SHA-256 of `head` and the bytes of a file, lower-case hexadecimal; reads them piece by piece. In `cache`, a folder,
 * it is remembered while the file's size, times and number stay the same: of gigabytes it takes seconds. Throws
 * RangeError if the file is shorter.
 */
export function checksumOfRange(
  { path, start, bytes }: FileRange,
  head: Uint8Array,
  cache?: string,
): string {
  const file = openSync(path, "r");
  try {
    const key = [identityOf(fstatSync(file)), start, bytes, Buffer.from(head).toString("hex")]
      .join(" ");
    const note = cache && join(cache, `${sha256(Buffer.from(resolve(path))).slice(0, 32)}.json`);
    const known = note && remembered(note, key);
    if (known) return known;
    const hash = createHash("sha256").update(head);
    const piece = new Uint8Array(Math.min(PIECE, bytes));
    for (let at = 0; at < bytes; at += PIECE) {
      const part = piece.subarray(0, Math.min(PIECE, bytes - at));
      const got = readInto(file, part, start + at);
      if (got < part.length) {
        throw new RangeError(`Cannot read "${path}": it ends after ${start + at + got} bytes`);
      }
      hash.update(part);
    }
    const sum = hash.digest("hex");
    if (note) remember(note, { key, sha256: sum });
    return sum;
  } finally {
    closeSync(file);
  }
}

const identityOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string =>
  [dev, ino, size, mtimeMs, ctimeMs].join(" ");

interface Note {
  readonly key: string;
  readonly sha256: string;
}

function remembered(path: string, key: string): string | undefined {
  try {
    const note = JSON.parse(readFileSync(path, "utf8")) as Partial<Note> | null;
    const isSum = typeof note?.sha256 === "string" && /^[0-9a-f]{64}$/.test(note.sha256);
    return isSum && note?.key === key ? note.sha256 : undefined;
  } catch {
    return undefined; // none was made, or it may not be read: then the file is read
  }
}

function remember(path: string, note: Note): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(resolve(path, ".."), { recursive: true });
    writeFileSync(temporary, JSON.stringify(note));
    renameSync(temporary, path);
  } catch {
    // Where nothing may be written, the next command reads the file again.
    try {
      rmSync(temporary, { force: true });
    } catch { /* nor may anything be removed there */ }
  }
}
