import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync, strFromU8, strToU8 } from "fflate";
import { InputError, messageOf } from "../../base/errors.ts";
import { RunFile } from "../../format/plan.ts";
import { cellKey, TrialRecord } from "../../format/trial_record.ts";
import { canonicalJson } from "./canonical.ts";

/** What a summary was computed from. */
export interface RawRun {
  /** Of the folder of the run. */
  readonly name: string;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

const ID = "raw-run";

/**
 * A run as an element of a page: data that no browser executes. Records lie field by field and trials of a cell side by
 * side, because what they have in common is then near enough for the compression to see; it is fflate's, whose bytes
 * do not depend on the runtime. The fields are in the order of the schemas, in which they are read again: what is made of
 * them a second time is the same byte for byte.
 */
export function embedRawRun({ name, run, trials }: RawRun): string {
  const sorted = inStoredOrder(trials).map((trial) => TrialRecord.parse(trial));
  const fields = [...new Set(sorted.flatMap((trial) => Object.keys(trial)))].sort();
  // In JSON null stands for what a record does not have: no field of a record is ever null.
  const columns = Object.fromEntries(
    fields.map((
      field,
    ) => [field, sorted.map((trial) => trial[field as keyof TrialRecord] ?? null)]),
  );
  const bytes = gzipSync(strToU8(JSON.stringify({ name, run: RunFile.parse(run), columns })), {
    level: 9,
    mtime: 0,
  });
  const text = Buffer.from(bytes).toString("base64");
  return `<script type="application/gzip" id="${ID}">${text}</script>`;
}

/** The order of the trials within a page: by cell and round. */
export function inStoredOrder(trials: readonly TrialRecord[]): TrialRecord[] {
  return trials.map((trial) => ({ trial, key: `${cellKey(trial.cell)}|${trial.round}` }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    .map(({ trial }) => trial);
}

/**
 * SHA-256 (hexadecimal) of all that was measured: a line of canonical JSON for `run.json` and one for each trial, in the
 * order of a page. The name of the folder is not in it: a copy elsewhere holds the same records.
 */
export function recordsDigest({ run, trials }: Omit<RawRun, "name">): string {
  const hash = createHash("sha256");
  for (const record of [run, ...inStoredOrder(trials)]) hash.update(canonicalJson(record) + "\n");
  return hash.digest("hex");
}

const START = `<script type="application/gzip" id="${ID}">`;
/** Base64 and nothing else: a decoder that skips what it does not know would let anything be hidden in it. */
const ELEMENT = new RegExp(`${START}([A-Za-z0-9+/]*={0,2})</script>`);

/** The run that a page was made from. Throws InputError when the page has none, or one that is damaged. */
export function extractRawRun(html: string, place: string): RawRun {
  const found = ELEMENT.exec(html);
  if (!found && html.includes(START)) {
    throw new InputError(
      `Cannot verify "${place}": its raw samples are damaged: there is more than base64 in their element`,
      "restore the file from a copy, or make it again with `slope report RUN`",
    );
  }
  if (!found) {
    throw new InputError(
      `Cannot verify "${place}": it holds no raw samples, expected a report.html of Slope`,
      "make it again with `slope report RUN`",
    );
  }
  try {
    const json = JSON.parse(strFromU8(gunzipSync(Buffer.from(found[1], "base64"))));
    const columns = Object.entries(json.columns as Record<string, unknown[]>);
    const trials = Array.from(
      { length: columns[0]?.[1].length ?? 0 },
      (_, i) =>
        TrialRecord.parse(
          Object.fromEntries(
            columns.flatMap(([field, values]) => values[i] === null ? [] : [[field, values[i]]]),
          ),
        ),
    );
    return { name: String(json.name), run: RunFile.parse(json.run), trials };
  } catch (error) {
    throw new InputError(
      `Cannot verify "${place}": its raw samples are damaged: ${messageOf(error).split("\n")[0]}`,
      "restore the file from a copy, or make it again with `slope report RUN`",
      { cause: error },
    );
  }
}
