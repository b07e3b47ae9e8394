import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../base/errors.ts";
import { contentOf, type Digest, digestOf, digestsOf } from "../sweep/plugin_files.ts";

/** The digest of every watched file; undefined while the file is missing. */
export type Look = ReadonlyMap<string, Digest>;

/** How often to look. An edit counts once a file stays the same from one look to the next. */
const LOOK_MS = 300;

export interface Sources {
  readonly plugins: readonly string[];
  /** Files without code: the plan. */
  readonly others: readonly string[];
}

/**
 * Looks at the files that a sweep depends on: the present `sources` and what plug-ins import. While a plan cannot be read,
 * its last sources count.
 */
export function looker(sources: () => Sources, atFirst: Sources): () => Look {
  let last = atFirst;
  return () => {
    try {
      last = sources();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    const look = new Map<string, Digest>();
    for (const path of last.others.map((one) => resolve(one))) {
      const content = contentOf(path);
      look.set(path, content && digestOf(content));
    }
    for (const plugin of last.plugins) {
      digestsOf(plugin).forEach((digest, path) => look.set(path, digest));
    }
    return look;
  };
}

const changed = (before: Look, now: Look): string[] =>
  [...now.keys()].filter((path) => now.get(path) !== before.get(path));

/** Files with new content. */
export const editsBetween = (before: Look, now: Look): string[] =>
  changed(before, now).filter((path) => now.get(path) !== undefined);

/** Files that have disappeared. */
const goneSince = (before: Look, now: Look): string[] =>
  changed(before, now).filter((path) => now.get(path) === undefined);

/**
 * Resolves with the look at the files once they have settled, none is missing and there is an edit, or at once without
 * an edit if `isOverdue`. Undefined when `signal` ends it.
 */
export async function nextEdit(
  look: () => Look,
  before: Look,
  { isOverdue, onGone, signal }: {
    readonly isOverdue: boolean;
    /** Called once whenever files are missing for longer than an editor takes to save them. */
    onGone(paths: readonly string[]): void;
    readonly signal: AbortSignal;
  },
): Promise<Look | undefined> {
  let last = look();
  let told: readonly string[] = [];
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => {}); // only an abort rejects
    const now = look();
    const gone = goneSince(before, now);
    if (isDeepStrictEqual(last, now)) {
      if (gone.some((path) => !told.includes(path))) onGone(gone);
      told = gone;
      if (gone.length === 0 && (isOverdue || editsBetween(before, now).length > 0)) return now;
    }
    last = now;
  }
  return undefined;
}

/**
 * Does `work` and aborts it when a file is edited or stays missing. Undefined when `work` threw after that, or after
 * `signal`.
 */
export async function untilEdited<T>(
  look: () => Look,
  before: Look,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const ending = new AbortController();
  let away: readonly string[] = [];
  const timer = setInterval(() => {
    const now = look();
    const gone = goneSince(before, now);
    // Some editors save by removing and renaming, so one look is not enough.
    const isGone = gone.some((path) => away.includes(path));
    if (isGone || editsBetween(before, now).length > 0) ending.abort();
    away = gone;
  }, LOOK_MS);
  const either = AbortSignal.any([signal, ending.signal]);
  try {
    return await work(either);
  } catch (error) {
    if (either.aborted) return undefined;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
