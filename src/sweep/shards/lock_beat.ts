import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "../../base/process_identity.ts";

/** What the file of a lock says. */
export interface LockContent {
  readonly process: ProcessIdentity;
  readonly beat: number;
  readonly state: "held" | "free";
}

/** A lock that is held, as its process and the worker that renews it see it. */
export interface HeldLock {
  readonly folder: string;
  readonly number: number;
  readonly own: ProcessIdentity;
  readonly beatMs: number;
  /** Two 32-bit integers: who may write the file, one of `TURN`; how often it was renewed. */
  readonly shared: SharedArrayBuffer;
}

/** Places in `shared`, as 32-bit integers. */
const [WHOSE, BEATS] = [0, 1];
/** Nobody writes; a beat is being written; the lock is given back, and no beat may follow. */
const TURN = { nobody: 0, beat: 1, over: 2 } as const;

/** Nobody's turn, and no beat yet. */
export const newTurn = (): SharedArrayBuffer =>
  new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

export const lockPath = (folder: string, number: number): string =>
  join(folder, `lock-${number}.json`);

/** Always as long, so that a full disk has room for the next beat, and no reader sees half of it. */
const LENGTH = 2048;

export function contentOf(lock: LockContent): Uint8Array {
  const bytes = new Uint8Array(LENGTH).fill(0x20);
  bytes.set(new TextEncoder().encode(JSON.stringify(lock)));
  bytes[LENGTH - 1] = 0x0a;
  return bytes;
}

/** Whether there is a higher lock, or this one was removed. */
export const isGone = ({ folder, number }: Pick<HeldLock, "folder" | "number">): boolean =>
  isThere(lockPath(folder, number + 1)) === true || isThere(lockPath(folder, number)) === false;

/** Undefined where the system does not say. */
function isThere(path: string): boolean | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return undefined;
  }
}

/** Renews the lock. Returns whether it may be renewed again. */
export function renew(lock: HeldLock): boolean {
  const words = new Int32Array(lock.shared);
  if (isGone(lock)) return false;
  if (Atomics.compareExchange(words, WHOSE, TURN.nobody, TURN.beat) !== TURN.nobody) return false;
  Atomics.add(words, BEATS, 1);
  try {
    write(lock, "held");
  } catch {
    // The next beat may be written; until then another process may take over, which `check` notices.
  }
  Atomics.store(words, WHOSE, TURN.nobody);
  Atomics.notify(words, WHOSE);
  return true;
}

/** Sleeps until the next beat is due. Returns whether it is: the lock may have been given back. */
export const untilBeat = ({ shared, beatMs }: HeldLock): boolean =>
  Atomics.wait(new Int32Array(shared), WHOSE, TURN.nobody, beatMs) === "timed-out";

/** Generous: a beat is one small write. */
const LONGEST_BEAT_MS = 10_000;

/** Gives the lock back: whoever comes next need not wait. No beat is written after that. */
export function giveBack(lock: HeldLock): void {
  const words = new Int32Array(lock.shared);
  if (Atomics.compareExchange(words, WHOSE, TURN.nobody, TURN.over) === TURN.beat) {
    Atomics.wait(words, WHOSE, TURN.beat, LONGEST_BEAT_MS);
    Atomics.store(words, WHOSE, TURN.over);
  }
  Atomics.notify(words, WHOSE);
  if (isGone(lock)) return;
  try {
    write(lock, "free");
  } catch {
    // Whoever comes next sees that this process is gone.
  }
}

function write({ folder, number, own, shared }: HeldLock, state: LockContent["state"]): void {
  const file = openSync(lockPath(folder, number), "r+");
  try {
    const beat = Atomics.load(new Int32Array(shared), BEATS);
    writeSync(file, contentOf({ process: own, beat, state }), 0, LENGTH, 0);
  } finally {
    closeSync(file); // network folders pass on what was written when a file is closed
  }
}
