import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync, strFromU8, strToU8 } from "fflate";
import { z } from "zod";
import { InputError, messageOf } from "../../base/errors.ts";
import { ownCommand } from "../../base/own_command.ts";
import { RunFile } from "../../format/plan.ts";
import { cellKey, TrialRecord } from "../../format/trial_record.ts";

/** What a summary was computed from. */
export interface RawRun {
  /** Name of the folder of the run. */
  readonly name: string;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/** Identifies a trial within its run. */
export const trialKey = ({ cell, round }: Pick<TrialRecord, "cell" | "round">): string =>
  `${cellKey(cell)}|${round}`;

const START = `<script type="application/gzip" id="raw-run">`;
const END = "</script>";

/**
 * A run as an element of a page: data that no browser executes. Records lie field by field and trials of a cell side by
 * side, so that the compression finds what they have in common. fflate compresses to the same bytes in every runtime,
 * and fields have the order of the schemas, so that a page can be made again byte for byte.
 */
export function embedRawRun({ name, run, trials }: RawRun): string {
  const sorted = inStoredOrder(trials).map((trial) => TrialRecord.parse(trial));
  const fields = new Set(sorted.flatMap((trial) => Object.keys(trial) as (keyof TrialRecord)[]));
  // null stands for a missing field: no field of a record is ever null.
  const columns = [...fields].sort().map((field) => [
    field,
    sorted.map((trial) => trial[field] ?? null),
  ]);
  const parts = { name, run: RunFile.parse(run), columns: Object.fromEntries(columns) };
  const json = JSON.stringify(parts);
  const bytes = gzipSync(strToU8(json), { level: 9, mtime: 0 });
  return START + Buffer.from(bytes).toString("base64") + END;
}

/** The order of the trials within a page: by cell and round. */
export const inStoredOrder = (trials: readonly TrialRecord[]): TrialRecord[] =>
  trials.map((trial) => [trialKey(trial), trial] as const).sort(byKey).map(([, trial]) => trial);

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/**
 * SHA-256 (hexadecimal) of everything measured: a line of canonical JSON for `run.json` and one for each trial, in the
 * order of a page. The name of the folder does not count, so a copy of a run has the same digest.
 */
export function recordsDigest({ run, trials }: Omit<RawRun, "name">): string {
  const hash = createHash("sha256");
  for (const record of [run, ...inStoredOrder(trials)]) hash.update(canonicalJson(record) + "\n");
  return hash.digest("hex");
}

/** JSON with the fields of every object in alphabetical order: one text for one value. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, one: unknown) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? Object.fromEntries(Object.entries(one).sort(byKey))
        : one,
  );

/** Characters of what is wrong with the records: a page may lack every field of every trial. */
const MOST_OF_FAULT = 300;

/** Base64 and nothing else: a decoder that skips unknown characters would let anybody hide text in it. */
const ELEMENT = new RegExp(`${START}([A-Za-z0-9+/]*={0,2})${END}`);

/** The run that a page was made from. Throws InputError when the page has none, or a damaged one. */
export function extractRawRun(html: string, place: string): RawRun {
  const damaged = (what: string, options?: ErrorOptions) =>
    new InputError(
      `Cannot verify "${place}": its raw samples are damaged: ${what}`,
      `restore the file from a copy, or make it again with \`${ownCommand("report RUN")}\``,
      options,
    );
  const found = ELEMENT.exec(html);
  if (!found && html.includes(START)) throw damaged("there is more than base64 in their element");
  if (!found) {
    throw new InputError(
      `Cannot verify "${place}": it holds no raw samples, expected a report.html of Slope`,
      `make it again with \`${ownCommand("report RUN")}\``,
    );
  }
  try {
    const json = JSON.parse(strFromU8(gunzipSync(Buffer.from(found[1], "base64"))));
    const columns = Object.entries(json.columns as Record<string, unknown[]>);
    const trials = (columns[0]?.[1] ?? []).map((_, i) => {
      const fields = columns.map(([field, values]) => [field, values[i]] as const);
      return TrialRecord.parse(Object.fromEntries(fields.filter(([, value]) => value !== null)));
    });
    return { name: String(json.name), run: RunFile.parse(json.run), trials };
  } catch (error) {
    const what = error instanceof z.ZodError
      ? z.prettifyError(error).replaceAll(/\s*\n\s*/g, " ").slice(0, MOST_OF_FAULT)
      : messageOf(error).split("\n")[0];
    throw damaged(what, { cause: error });
  }
}
