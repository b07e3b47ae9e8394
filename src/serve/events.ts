import type { SSEStreamingApi } from "hono/streaming";
import { InputError } from "../base/errors.ts";

/** How often to look for changes. */
const LOOK_MS = 1000;

/** Sends what `look` finds, at once and after each change; after a "problem" event, the next look tries again. */
export async function sendChanges(
  to: SSEStreamingApi,
  event: string,
  look: () => unknown,
  ended: AbortSignal,
): Promise<void> {
  let problem: string | undefined;
  let last: unknown;
  while (!to.aborted && !ended.aborted) {
    try {
      const found = look();
      // When only a problem is over, the page needs the last view again.
      const news = found ?? (problem === undefined ? undefined : last);
      [problem, last] = [undefined, found ?? last];
      if (news !== undefined) await to.writeSSE({ event, data: JSON.stringify(news) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const text = error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
      if (text !== problem) await to.writeSSE({ event: "problem", data: JSON.stringify(text) });
      problem = text;
    }
    await to.sleep(LOOK_MS);
  }
}

/** A look that gives only what has changed. */
export function onlyNew<T>(look: () => T): () => T | undefined {
  let before: T | undefined;
  return () => {
    const found = look();
    if (found === before) return undefined;
    before = found;
    return found;
  };
}
