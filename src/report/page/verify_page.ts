import { Buffer } from "node:buffer";
import { summarise } from "../../summary/summarise.ts";
import { reportPage } from "../html.ts";
import { type Difference, differences } from "./differences.ts";
import { extractRawRun, type RawRun, recordsDigest } from "./raw_run.ts";
import { servedIn } from "./links.ts";
import { type RecordDifference, recordDifferences } from "./records.ts";

/** What a page is found to be worth. */
export interface VerifiedPage {
  /** The version of Slope that made it; absent where it does not say. */
  readonly slope?: string;
  readonly trials: number;
  readonly samples: number;
  /** Of the records inside. */
  readonly sha256: string;
  /** Empty only where the page is, byte for byte, what its records give. */
  readonly differences: readonly Difference[];
  /** Of the records inside and those of the run that it is held against; absent where there is none. */
  readonly records?: readonly RecordDifference[];
}

/**
 * Makes a page again from the records inside: the whole of it, script and styles and payload too, for what is not compared
 * is where something can be hidden. Throws InputError when `bytes` are no page of a report, or one whose records are damaged.
 */
export function verifyPage(bytes: Uint8Array, place: string, run?: RawRun): VerifiedPage {
  // A mark of byte order, which is no part of a page, is not to be overlooked.
  const page = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const raw = extractRawRun(page, place);
  const { name, trials } = raw;
  const again = reportPage(summarise(raw.run, trials, name), raw, servedIn(page, name));
  const found = differences(page, again);
  if (found.length === 0 && !Buffer.from(again).equals(bytes)) found.push(UNEXPLAINED);
  const version = /<meta name="generator" content="Slope ([^"]*)">/.exec(page)?.[1];
  return {
    ...(version !== undefined && { slope: version }),
    trials: trials.length,
    samples: trials.reduce((sum, { samplesNs }) => sum + samplesNs.length, 0),
    sha256: recordsDigest(raw),
    differences: found,
    ...(run && { records: recordDifferences(raw, run) }),
  };
}

/** Two pages of one text may still be of other bytes: what is no UTF-8 is read as U+FFFD, which a name may hold as well. */
const UNEXPLAINED: Difference = {
  under: "the whole page",
  said: "bytes that are no UTF-8",
  recomputed: "the same text as Slope writes it",
};
