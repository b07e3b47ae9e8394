import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../base/errors.ts";
import { contentOf, type Digest, digestOf, digestsOf } from "../sweep/plugin_files.ts";

/** Of every file that is watched what it holds, as a digest; undefined while it is away. */
export type Look = ReadonlyMap<string, Digest>;

/** How often files are looked at. An edit counts when a file stays the same from one look to the next. */
const LOOK_MS = 300;

export interface Sources {
  readonly plugins: readonly string[];
  /** Files that are no code: the plan. */
  readonly others: readonly string[];
}

/**
 * What looks at the files that a sweep depends on: those that `sources` names, which may name others from one time to
 * the next, and what plug-ins import. Where a plan cannot be read, what it named before is still looked at.
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

/** Files that hold something that they did not hold before. */
export const editsBetween = (before: Look, now: Look): string[] =>
  [...now].flatMap(([path, digest]) =>
    digest !== undefined && digest !== before.get(path) ? [path] : []
  );

/** Files that were there before. */
export const goneSince = (before: Look, now: Look): string[] =>
  [...now].flatMap(([path, digest]) =>
    digest === undefined && before.get(path) !== undefined ? [path] : []
  );

/**
 * Resolves with what the files hold when they have settled, all that were there before are there, and they hold
 * something new; or without that where `isOverdue`. Undefined when `signal` ends it.
 */
export async function nextEdit(
  look: () => Look,
  before: Look,
  { isOverdue, onGone, signal }: {
    readonly isOverdue: boolean;
    /** Called once for each time that files are away for longer than an editor takes to save them. */
    onGone(paths: readonly string[]): void;
    readonly signal: AbortSignal;
  },
): Promise<Look | undefined> {
  let last = look();
  let told: readonly string[] = [];
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
    const now = look();
    const gone = goneSince(before, now);
    if (isSame(last, now)) {
      if (gone.some((path) => !told.includes(path))) onGone(gone);
      told = gone;
      if (gone.length === 0 && (isOverdue || editsBetween(before, now).length > 0)) return now;
    }
    last = now;
  }
  return undefined;
}

/**
 * Does `work`, and ends it by its signal when one of the files is edited meanwhile or stays away. Undefined when it was
 * ended, by that or by `signal`, and complained of it.
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
    // Some editors save by removing and renaming: once is not enough.
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

function isSame(a: Look, b: Look): boolean {
  return a.size === b.size &&
    [...a].every(([path, digest]) => b.has(path) && b.get(path) === digest);
}
