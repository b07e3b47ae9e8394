import { Buffer } from "node:buffer";
import { summarise } from "../../summary/summarise.ts";
import { reportPage } from "../html.ts";
import { type Difference, differences } from "./differences.ts";
import { extractRawRun, type RawRun, recordsDigest } from "./raw_run.ts";
import { servedIn } from "./links.ts";
import { recordDifferences } from "./records.ts";

export type VerifiedPage = ReturnType<typeof verifyPage>;

/**
 * Makes a page again from the records inside and compares all of it, scripts, styles and payload included, so that nothing
 * can be hidden in it. Throws InputError when `bytes` are no page of a report, or its records are damaged.
 */
export function verifyPage(bytes: Uint8Array, place: string, run?: RawRun) {
  // A byte order mark is no part of a page and must show as a difference.
  const page = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const raw = extractRawRun(page, place);
  const { name, trials } = raw;
  const again = reportPage(summarise(raw.run, trials, name), raw, servedIn(page, name));
  const found = differences(page, again);
  if (found.length === 0 && !Buffer.from(again).equals(bytes)) found.push(UNEXPLAINED);
  const version = /<meta name="generator" content="Slope ([^"]*)">/.exec(page)?.[1];
  return {
    /** The version of Slope that made the page, if it says. */
    ...(version !== undefined && { slope: version }),
    trials: trials.length,
    samples: trials.reduce((sum, { samplesNs }) => sum + samplesNs.length, 0),
    sha256: recordsDigest(raw),
    /** Empty only if the page is byte for byte what its records give. */
    differences: found,
    ...(run && { records: recordDifferences(raw, run) }),
  };
}

/** Equal texts may still differ in bytes: invalid UTF-8 decodes to U+FFFD, which a name may hold as well. */
const UNEXPLAINED: Difference = {
  under: "the whole page",
  said: "invalid UTF-8",
  recomputed: "the same text as Slope writes it",
};
