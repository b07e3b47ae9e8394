import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { cannotRead, cannotWrite, readBytes } from "../base/files.ts";
import { TrialRecord } from "../format/trial_record.ts";
import { parseVersioned } from "./parse_versioned.ts";

export type Journal = ReturnType<typeof openJournal>;

/** `trials.jsonl`: only ever appended to, one whole line per trial, flushed before the next begins. */
export function openJournal(path: string) {
  let file: number;
  try {
    file = openSync(path, "a");
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return {
    /** Throws InputError when the line cannot be written. */
    append(record: TrialRecord): void {
      try {
        writeFileSync(file, JSON.stringify(record) + "\n");
        fsyncSync(file);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    close: (): void => closeSync(file),
  };
}

/**
 * Reads a journal. An unfinished last line is left out and counted in `cutBytes`; `wholeBytes` come before it. Throws
 * InputError for any other line that is no trial record, with its number, and for a file that cannot be read.
 */
export function readJournal(path: string) {
  const bytes = readBytes(path);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
  const trials = lines.map((line, index) => parseRecord(line, `${path}:${index + 1}`));
  return { trials, wholeBytes, cutBytes: bytes.length - wholeBytes };
}

/** Cuts off an unfinished last line, so that the next record starts on a line of its own. */
export function repairJournal(path: string, content: ReturnType<typeof readJournal>): void {
  if (content.cutBytes > 0) truncateSync(path, content.wholeBytes);
}

/** One line. Throws InputError, with `place`, for a line that is no trial record. */
const parseRecord = (line: string, place: string): TrialRecord =>
  parseVersioned(
    TrialRecord,
    line,
    place,
    "one trial record per line",
    "restore the file from a copy, or remove that line",
  );

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
