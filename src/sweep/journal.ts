import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { cannotRead, cannotWrite } from "../base/files.ts";
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
 * Reads a journal. An unfinished last line is left out and counted in `cutBytes`; `wholeBytes` come before it. Throws InputError for any other
 * line that is no trial record, with its number, and for a file that cannot be read.
 */
export function readJournal(path: string) {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
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
export const parseRecord = (line: string, place: string): TrialRecord =>
  parseVersioned(
    TrialRecord,
    line,
    place,
    "one trial record per line",
    "restore the file from a copy, or remove that line",
  );
