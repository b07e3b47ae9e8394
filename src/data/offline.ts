import { statSync } from "node:fs";
import { writeFileAtomic } from "../base/files.ts";

/** After a download that failed, none is tried for so long: without a network each would cost its time-outs. */
const FORGOTTEN_MS = 10 * 60_000;

/** A file beside the cache; its age says when the last download failed. */
const noteOf = (cache: string): string => `${cache}.offline`;

/** Keeps in mind that no mirror could be read. Where nothing can be written, the next command tries again. */
export const rememberFailure = (cache: string): Promise<void> =>
  writeFileAtomic(noteOf(cache), "").catch(() => {});

/** Minutes since a download failed, where another is not worth a try now; else undefined. */
export function minutesSinceFailure(cache: string, now = Date.now()): number | undefined {
  const failed = statSync(noteOf(cache), { throwIfNoEntry: false })?.mtimeMs;
  const isForgotten = failed === undefined || now - failed > FORGOTTEN_MS ||
    failed > now + FORGOTTEN_MS;
  return isForgotten ? undefined : Math.max(0, Math.round((now - failed) / 60_000));
}
