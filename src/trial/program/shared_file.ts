import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { ProgramError } from "./program_error.ts";

/** A profile is smaller than this; a file may say any size. */
const MOST_BYTES = 2 ** 29;

/**
 * The content of a file that a program has written. The program may have put a link, a pipe or a device in its place, to
 * have something else read, or this process wait: that counts as a file without content. Throws ProgramError for another
 * number of bytes than expected.
 */
export function readShared(path: string, expectedBytes?: number): Uint8Array<ArrayBuffer> {
  const refuse = (bytes: number): never => {
    throw new ProgramError({ kind: "file-length", path, bytes, expectedBytes: expectedBytes ?? 1 });
  };
  const found = lstatSync(path);
  const bytes = found.isFile() ? found.size : 0;
  if (bytes !== (expectedBytes ?? Math.min(MOST_BYTES, Math.max(1, bytes)))) refuse(bytes);
  const file = openSync(path, "r");
  try {
    const opened = fstatSync(file); // its threads may have changed the place in between
    if (!opened.isFile() || opened.ino !== found.ino || opened.dev !== found.dev) refuse(0);
    const content = new Uint8Array(bytes);
    let at = 0;
    while (at < bytes) {
      const count = readSync(file, content, at, bytes - at, at);
      if (count === 0) refuse(at);
      at += count;
    }
    return content;
  } finally {
    closeSync(file);
  }
}

/** Writes a file that a program reads. The program may have put a link in its place, to have another written. */
export function writeShared(path: string, content: Uint8Array): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { flag: "wx" });
}
