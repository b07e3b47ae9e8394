import { statSync } from "node:fs";
import { writeFileAtomic } from "../base/files.ts";
import { ownCommand } from "../base/own_command.ts";

/** After a download that failed, none is tried for so long: without a network each would cost its time-outs. */
const FORGOTTEN_MS = 10 * 60_000;

/** A file beside the cache; its age says when the last download failed. */
const noteOf = (cache: string): string => `${cache}.offline`;

/** Keeps in mind that no mirror could be read. Where nothing can be written, the next command tries again. */
export const rememberFailure = (cache: string): Promise<void> =>
  writeFileAtomic(noteOf(cache), "").catch(() => {});

/** Why a download is not worth a try now; undefined where it is. */
export function recentFailure(cache: string, now = Date.now()): string | undefined {
  const failed = statSync(noteOf(cache), { throwIfNoEntry: false })?.mtimeMs;
  if (failed === undefined || now - failed > FORGOTTEN_MS || failed > now + FORGOTTEN_MS) {
    return undefined;
  }
  const minutes = Math.max(0, Math.round((now - failed) / 60_000));
  const when = minutes === 0 ? "a moment" : minutes === 1 ? "a minute" : `${minutes} minutes`;
  return `the download failed ${when} ago; \`${ownCommand("data get")}\` tries it again now`;
}
