import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import type { TrialRecord } from "../trial/record.ts";
import { parseRecord } from "./journal.ts";

/** Reads a journal as it grows: each call gives the records that were written whole since the last. */
export function journalTail(path: string): () => TrialRecord[] {
  let offset = 0;
  let line = 0;
  return () => {
    if (!existsSync(path)) return []; // before the first trial
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(Math.max(0, fstatSync(file).size - offset));
      const read = readSync(file, bytes, 0, bytes.length, offset);
      const end = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
      offset += end;
      return new TextDecoder().decode(bytes.subarray(0, end)).split("\n").slice(0, -1)
        .map((text) => parseRecord(text, `${path}:${++line}`));
    } finally {
      closeSync(file);
    }
  };
}
