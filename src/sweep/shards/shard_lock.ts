import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { type Clock, monotonicNs } from "../../base/clock.ts";
import { InputError } from "../../base/errors.ts";
import { cannotWrite } from "../../base/files.ts";
import { moduleUrl } from "../../base/own_files.ts";
import { ownIdentity, ProcessIdentity, processState } from "../../base/process_identity.ts";
import {
  contentOf,
  giveBack,
  type HeldLock,
  isGone,
  lockPath,
  newTurn,
  renew,
} from "./lock_beat.ts";

/**
 * Who measures a shard. Files `lock-1.json`, `lock-2.json` and so on lie in its folder, and the highest number counts.
 * Creating the next one fails where it exists, on network folders too, so only one process gets it. A lock is never
 * removed before there is a higher one: otherwise two processes that saw the same stale lock could both replace it.
 */
const LockFile = z.strictObject({
  process: ProcessIdentity,
  /** Grows while the process lives. */
  beat: z.int().nonnegative(),
  state: z.enum(["held", "free"]),
});
type LockFile = z.infer<typeof LockFile>;

/** How often a lock is renewed, and when it counts as abandoned by a process that cannot be asked. */
export interface LockTiming {
  readonly beatMs: number;
  /** Several beats: a network folder may stand still for a moment. */
  readonly silentMs: number;
  /** How often the beat of another is looked at. */
  readonly lookMs: number;
}

const TIMING: LockTiming = { beatMs: 5000, silentMs: 30_000, lookMs: 500 };

/** Another machine or container holds the lock; whether it still lives shows only after a while. */
export interface Watched {
  readonly holder?: ProcessIdentity | undefined;
  /** It is watched for so long at most. */
  readonly forMs: number;
}

export interface ShardLock {
  /** Throws InputError where another process has the shard now, which this one must not disturb. */
  check(): void;
  /** Whether that is so. */
  isLost(): boolean;
  /** Leaves the shard to whoever comes next. */
  release(): void;
}

/**
 * Takes the shard in `folder`, which is created. A process of this machine is asked whether it lives. One of another
 * machine is watched: its beats are compared with each other, never with a clock, so clocks may differ. Throws InputError
 * where a living process has it, or the folder cannot be written.
 */
export async function takeLock(
  folder: string,
  signal: AbortSignal,
  onWatch: (watched: Watched) => void = () => {},
  timing: LockTiming = TIMING,
  clock: Clock = monotonicNs,
): Promise<ShardLock> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  const own = ownIdentity();
  for (;;) {
    const number = latestIn(folder);
    if (number > 0) await untilFree(lockPath(folder, number), own, signal, onWatch, timing, clock);
    if (create(lockPath(folder, number + 1), own)) return hold(folder, number + 1, own, timing);
    await pause(timing.lookMs, undefined, { signal }); // another process was quicker, and holds that lock
  }
}

const NAME = /^lock-(\d+)\.json$/;

/** The highest number of a lock; 0 without any. */
function latestIn(folder: string): number {
  try {
    return Math.max(0, ...numbersIn(folder));
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

const numbersIn = (folder: string): number[] =>
  readdirSync(folder).flatMap((name) => Number(NAME.exec(name)?.[1] ?? NaN) || []);

/** Returns once the lock is free or its holder is gone. Throws InputError where the holder lives. */
async function untilFree(
  path: string,
  own: ProcessIdentity,
  signal: AbortSignal,
  onWatch: (watched: Watched) => void,
  { silentMs, lookMs }: LockTiming,
  clock: Clock,
): Promise<void> {
  const first = read(path);
  if (first?.state === "free") return;
  const state = first === undefined ? "unknown" : processState(first.process, own);
  if (state === "gone") return;
  if (state === "alive") throw heldBy(path, first);
  onWatch({ holder: first?.process, forMs: silentMs });
  const until = clock() + silentMs * 1e6;
  while (clock() < until) {
    await pause(lookMs, undefined, { signal });
    const now = read(path);
    if (now?.state === "free") return;
    if (now?.beat !== first?.beat) throw heldBy(path, now ?? first);
  }
}

function heldBy(path: string, lock: LockFile | undefined): InputError {
  const { host, pid } = lock?.process ?? {};
  const who = pid === undefined ? "another process" : `process ${pid} on ${host}`;
  return new InputError(
    `Cannot measure ${basename(dirname(path))}: ${who} is measuring it`,
    "let that one end; what it leaves unfinished goes on with the same command",
  );
}

/** Undefined where there is no such file, or where it is being written. */
function read(path: string): LockFile | undefined {
  try {
    return LockFile.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Whether the file could be created: another process may have been quicker. */
function create(path: string, own: ProcessIdentity): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw cannotWrite(path, error);
  }
  try {
    writeSync(file, contentOf({ process: own, beat: 0, state: "held" }), undefined, undefined, 0);
    return true;
  } catch (error) {
    closeSync(file);
    file = -1;
    rmSync(path, { force: true }); // empty, it would hold up the next one
    throw cannotWrite(path, error);
  } finally {
    if (file >= 0) closeSync(file);
  }
}

function hold(
  folder: string,
  number: number,
  own: ProcessIdentity,
  { beatMs }: LockTiming,
): ShardLock {
  for (const older of numbersIn(folder).filter((one) => one < number)) {
    rmSync(lockPath(folder, older), { force: true });
  }
  const held: HeldLock = { folder, number, own, beatMs, shared: newTurn() };
  const stopBeats = startBeats(held);
  let lost = false;
  const isLost = (): boolean => lost ||= isGone(held);
  return {
    isLost,
    check() {
      if (!isLost()) return;
      throw new InputError(
        `Cannot go on with ${
          basename(folder)
        }: another process has taken it over, because this one stood still`,
        "let that one end; what was measured here is kept",
      );
    },
    release() {
      giveBack(held);
      stopBeats();
    },
  };
}

/** Renews the lock in a thread of its own: this one may be busy for minutes. Returns what ends that. */
function startBeats(held: HeldLock): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const worker = new Worker(PROGRAM, { workerData: held });
  worker.unref();
  // Beats of this thread are better than none.
  worker.on("error", () => {
    timer = setInterval(() => renew(held) || clearInterval(timer), held.beatMs);
    timer.unref();
  });
  return () => {
    clearInterval(timer);
    void worker.terminate();
  };
}

const PROGRAM = moduleUrl("./beat_worker.ts", import.meta.url);

/** What is done with a lock; where that fails, whoever comes next may have it. */
export async function orRelease<T>(lock: ShardLock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    lock.release();
    throw error;
  }
}
