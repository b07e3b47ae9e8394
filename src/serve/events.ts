import type { SSEStreamingApi } from "hono/streaming";
import { InputError } from "../base/errors.ts";

/** How often folders are looked at for something new. */
const LOOK_MS = 1000;

/**
 * What `look` finds, as events of that name, at once and whenever it finds something new, until either side ends it.
 * What cannot be read is told in an event of its own, and looked for again: it may be mended, or a run resumed.
 */
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
      // What was seen last holds again where only a problem is over.
      const news = found ?? (problem === undefined ? undefined : last);
      [problem, last] = [undefined, found ?? last];
      if (news !== undefined) await to.writeSSE({ event, data: JSON.stringify(news) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const text = error.remedy === undefined ? error.message : `${error.message}: ${error.remedy}`;
      if (text !== problem) await to.writeSSE({ event: "problem", data: JSON.stringify(text) });
      problem = text;
    }
    await to.sleep(LOOK_MS);
  }
}

/** A look that gives only what is not as it was. */
export function onlyNew<T>(look: () => T): () => T | undefined {
  let before: T | undefined;
  return () => {
    const found = look();
    if (found === before) return undefined;
    before = found;
    return found;
  };
}
