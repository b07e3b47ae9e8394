import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync, strFromU8, strToU8 } from "fflate";
import { InputError, messageOf } from "../../base/errors.ts";
import { RunFile } from "../../sweep/plan.ts";
import { cellKey, TrialRecord } from "../../trial/record.ts";

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
 * do not depend on the runtime.
 */
export function embedRawRun({ name, run, trials }: RawRun): string {
  const sorted = inStoredOrder(trials);
  const fields = [...new Set(sorted.flatMap((trial) => Object.keys(trial)))].sort();
  // In JSON null stands for what a record does not have: no field of a record is ever null.
  const columns = Object.fromEntries(
    fields.map((
      field,
    ) => [field, sorted.map((trial) => trial[field as keyof TrialRecord] ?? null)]),
  );
  const bytes = gzipSync(strToU8(JSON.stringify({ name, run, columns })), { level: 9, mtime: 0 });
  const text = Buffer.from(bytes).toString("base64");
  return `<script type="application/gzip" id="${ID}">${text}</script>`;
}

/** The order of the trials within a page: by cell and round. */
export function inStoredOrder(trials: readonly TrialRecord[]): TrialRecord[] {
  return trials.map((trial) => ({ trial, key: `${cellKey(trial.cell)}|${trial.round}` }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    .map(({ trial }) => trial);
}

const ELEMENT = new RegExp(`<script type="application/gzip" id="${ID}">([^<]*)</script>`);

/** A page without it: what is compared when a page is made again. */
export const withoutRawRun = (html: string): string => html.replace(ELEMENT, "");

/** The run that a page was made from. Throws InputError when the page has none, or one that is damaged. */
export function extractRawRun(html: string, place: string): RawRun {
  const found = ELEMENT.exec(html);
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
