import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { withFolder } from "../../../tests/support/cli.ts";
import { InputError } from "../../base/errors.ts";
import { ownIdentity } from "../../base/process_identity.ts";
import { orRelease, takeLock, type Watched } from "./shard_lock.ts";

const { signal } = new AbortController();
const BRISK = { beatMs: 10, silentMs: 150, lookMs: 5 };
const take = (folder: string, watched: Watched[] = [], timing = BRISK) =>
  takeLock(folder, signal, (one) => void watched.push(one), timing);

/** A lock that another process left, or holds. */
function writeLock(folder: string, other: object, beat = 3): string {
  const path = join(folder, "lock-1.json");
  const lock = { process: { ...ownIdentity(), ...other }, beat, state: "held" };
  writeFileSync(path, JSON.stringify(lock).padEnd(1023) + "\n");
  return path;
}

/** What a lock says; undefined where its other thread is just writing it. */
function readLock(path: string): { beat: number; state: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

const isHeld = /Cannot measure .*: process \d+ on .* is measuring it/;

test("of two processes that start at once, one gets the shard", async () => {
  await withFolder(async (folder) => {
    const taken = await Promise.allSettled([take(folder), take(folder), take(folder)]);
    const locks = taken.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    assert.equal(locks.length, 1);
    for (const one of taken) {
      if (one.status === "rejected") assert.match(String(one.reason), isHeld);
    }
    await assert.rejects(take(folder), isHeld);
    locks[0].release();
    const next = await take(folder);
    next.check();
    assert.deepEqual(readdirSync(folder), ["lock-2.json"]);
    next.release();
  });
});

test("a process of this machine that is gone loses the shard at once", async () => {
  await withFolder(async (folder) => {
    writeLock(folder, { pid: 2 ** 22 + 1 });
    const watched: Watched[] = [];
    const lock = await take(folder, watched);
    assert.deepEqual(watched, []);
    lock.release();
  });
});

test("a process of another machine keeps the shard while its beat grows, whatever its clock says", async () => {
  await withFolder(async (folder) => {
    const elsewhere = { host: "elsewhere", boot: "another" };
    const path = writeLock(folder, elsewhere);
    const old = new Date(0);
    utimesSync(path, old, old);
    const watched: Watched[] = [];
    const starting = take(folder, watched, { ...BRISK, silentMs: 60_000 });
    await pause(30);
    writeLock(folder, elsewhere, 4);
    utimesSync(path, old, old);
    await assert.rejects(starting, /process \d+ on elsewhere is measuring it/);
    assert.equal(watched[0].holder?.host, "elsewhere");
  });
});

test("a process of another machine loses the shard once its beat stands still, however new its lock", async () => {
  await withFolder(async (folder) => {
    const path = writeLock(folder, { host: "elsewhere", boot: "another" });
    const future = new Date(Date.now() + 3_600_000);
    utimesSync(path, future, future);
    const lock = await take(folder);
    lock.check();
    lock.release();
  });
});

test("a lock that was cut while it was written is taken over once nothing happens to it", async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "lock-1.json"), "");
    const lock = await take(folder);
    assert.deepEqual(readdirSync(folder), ["lock-2.json"]);
    lock.release();
  });
});

test("whoever stood still too long notices that another has the shard, and leaves it alone", async () => {
  await withFolder(async (folder) => {
    const lock = await take(folder);
    lock.check();
    const theirs = join(folder, "lock-2.json");
    writeFileSync(theirs, "theirs");
    assert.throws(() => lock.check(), /Cannot go on with .*another process has taken it over/);
    assert.ok(lock.isLost());
    lock.release();
    assert.equal(readFileSync(theirs, "utf8"), "theirs");
  });
});

test("a lock whose folder was removed is lost", async () => {
  await withFolder(async (folder) => {
    const lock = await take(join(folder, "shard"));
    rmSync(join(folder, "shard"), { recursive: true });
    assert.ok(lock.isLost());
    lock.release();
  });
});

test("the beat of a lock grows, and its file always has the same length", async () => {
  await withFolder(async (folder) => {
    const lock = await take(folder);
    const path = join(folder, "lock-1.json");
    const [beats, lengths] = [new Set<number>(), new Set<number>()];
    while (beats.size < 3) {
      const text = readFileSync(path, "utf8");
      lengths.add(text.length);
      beats.add(readLock(path)?.beat ?? 0);
      await pause(5);
    }
    lock.release();
    const text = readFileSync(path, "utf8");
    assert.equal(JSON.parse(text).state, "free");
    assert.deepEqual(lengths, new Set([text.length]));
  });
});

test("a lock beats while its process reads and writes without a pause", async () => {
  await withFolder(async (folder) => {
    const lock = await take(folder);
    const path = join(folder, "lock-1.json");
    const until = Date.now() + 60_000; // a busy machine starts a thread late
    let beat = 0;
    while (beat < 3 && Date.now() < until) beat = readLock(path)?.beat ?? beat;
    assert.ok(beat >= 3);
    lock.release();
    assert.equal(readLock(path)?.state, "free");
  });
});

test("no beat is written once a lock was given back", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "lock-1.json");
    const lock = await take(folder, [], { ...BRISK, beatMs: 1 });
    while ((readLock(path)?.beat ?? 0) < 2) await pause(1);
    lock.release();
    for (let look = 0; look < 20; look++) {
      assert.equal(readLock(path)?.state, "free");
      await pause(1);
    }
  });
});

test("what fails with a lock held leaves the shard to the next", async () => {
  await withFolder(async (folder) => {
    const lock = await take(folder);
    await assert.rejects(orRelease(lock, () => Promise.reject(new Error("no disk"))), /no disk/);
    (await take(folder)).release();
  });
});

test("a folder that cannot be written is refused", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await assert.rejects(
      take(join(file, "shard-1-of-2")),
      (error) => error instanceof InputError && /Cannot write/.test(error.message),
    );
  });
});
