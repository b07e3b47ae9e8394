import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { cannotRead } from "../base/files.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { parseRecord } from "./journal.ts";

/**
 * Reads a growing journal: each call returns the records that were finished since the last call. Throws InputError for
 * a line that is no trial record, and for a file that cannot be read, has gone or has become shorter; do not call it
 * again after that.
 */
export function journalTail(path: string): () => TrialRecord[] {
  let offset = 0;
  let line = 0;
  return () => {
    const bytes = readWhole(path, offset);
    offset += bytes.length;
    return new TextDecoder().decode(bytes).split("\n").slice(0, -1)
      .map((text) => parseRecord(text, `${path}:${++line}`));
  };
}

/** Whole lines from `offset` on; none while there is no file yet. */
function readWhole(path: string, offset: number): Uint8Array {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    if (size < offset) throw new RangeError(`it has ${size} bytes and had ${offset} before`);
    const bytes = new Uint8Array(size - offset);
    const read = readSync(file, bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytes.subarray(0, read).lastIndexOf(0x0a) + 1);
  } catch (error) {
    if (offset === 0 && (error as { code?: string }).code === "ENOENT") return new Uint8Array();
    throw cannotRead(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
