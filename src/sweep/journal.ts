import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { cannotRead, cannotWrite } from "../base/files.ts";
import { InputError } from "../base/errors.ts";
import { FORMAT_VERSION, TrialRecord } from "../format/trial_record.ts";

/** `trials.jsonl`: only ever appended to, one whole line per trial, flushed before the next begins. */
export interface Journal {
  /** Throws InputError when the system refuses; the line is then not counted as written. */
  append(record: TrialRecord): void;
  close(): void;
}

export function openJournal(path: string): Journal {
  let file: number;
  try {
    file = openSync(path, "a");
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return {
    append(record) {
      const line = new TextEncoder().encode(JSON.stringify(record) + "\n");
      try {
        for (let written = 0; written < line.length;) {
          written += writeSync(file, line, written);
        }
        fsyncSync(file);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    close: () => closeSync(file),
  };
}

export interface JournalContent {
  readonly trials: TrialRecord[];
  /** Bytes of whole, valid lines; what follows is a line that was cut when its writer died. */
  readonly wholeBytes: number;
  readonly cutBytes: number;
}

/**
 * Reads a journal. A last line without its end is left out (and counted in `cutBytes`); anything else
 * that is no trial record is an InputError with the line's number, and so is what the system does not let be read.
 */
export function readJournal(path: string): JournalContent {
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

/** Cuts a half-written last line off, so that the next record starts on a line of its own. */
export function mendJournal(path: string, content: JournalContent): void {
  if (content.cutBytes > 0) truncateSync(path, content.wholeBytes);
}

/** One line. Throws InputError, with `place`, for what is no trial record. */
export function parseRecord(line: string, place: string): TrialRecord {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new InputError(
      `Cannot read ${place}: not a JSON value, expected one trial record per line`,
      "restore the file from a copy, or remove that line",
    );
  }
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (schema !== FORMAT_VERSION) {
    throw new InputError(
      `Cannot read ${place}: schema is ${JSON.stringify(schema)}, expected ${FORMAT_VERSION}`,
      "read it with the version of Slope that wrote it",
    );
  }
  const parsed = TrialRecord.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(
      `Cannot read ${place}: ${issue.path.join(".")}: ${issue.message}`,
      "restore the file from a copy, or remove that line",
    );
  }
  return parsed.data;
}
