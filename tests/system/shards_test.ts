import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { readJournal } from "../../src/sweep/journal.ts";
import { readRun } from "../../src/sweep/run_folder.ts";
import { shardName } from "../../src/sweep/shards/shard_folder.ts";
import type { Ended } from "../support/cli.ts";
import {
  briefPlan,
  commandLine,
  flags,
  latestTrials,
  slope,
  smallData,
  startProcess,
  startSlope,
  trialName,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const COUNT = 4;
/** A round for each. */
const FOUR = { rounds: "4" };
const PLAN = { plan: briefPlan(), sizes: "200,400", epochs: "1", rounds: "8", budget: "10m" };

const bench = (out: string, more: Readonly<Record<string, string>>) => [
  "bench",
  ...flags({ data: smallData(), out, ...PLAN, ...more }),
];

test(
  "four shards as processes, one killed and one started twice at once, make the run of one machine",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "shards");
      const start = (index: number) =>
        startSlope(bench(out, { ...FOUR, shard: `${index}/${COUNT}` }));
      const journal = (index: number) =>
        join(out, shardName({ index, count: COUNT }), "trials.jsonl");
      // One that is killed in a round.
      const killed = start(3);
      await killed.says("round ");
      killed.kill("SIGKILL");
      await killed.ended;
      const before = readFileSync(journal(3), "utf8").split("\n").slice(0, -1);
      assert.ok(before.length < 6, "it was killed too late");
      const began = start(2);
      await began.says("run: "); // it has its lock
      process.kill(began.pid!, "SIGSTOP"); // it cannot end meanwhile
      const twice = await start(2).ended;
      process.kill(began.pid!, "SIGCONT");
      assert.equal(twice.code, 2, twice.stderr);
      assert.match(twice.stderr, /Cannot measure shard-2-of-4: process \d+ on .* is measuring it/);
      const ended: Ended[] = [await began.ended];
      for (const index of [1, 3, 4]) ended.push(await start(index).ended);
      for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
      const after = readFileSync(journal(3), "utf8").split("\n");
      assert.deepEqual(after.slice(0, before.length), before);
      const untouched = [1, 2, 3, 4].map((index) => readFileSync(journal(index), "utf8"));
      const again = await Promise.all([1, 2, 3, 4].map((index) => start(index).ended));
      for (const { code, stderr, stdout } of again) {
        assert.equal(code, 0, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /is complete: nothing was measured/);
      }
      assert.deepEqual(
        [1, 2, 3, 4].map((index) => readFileSync(journal(index), "utf8")),
        untouched,
      );
      const run = join(folder, "run");
      const merged = await slope(["merge", out, "--out", run]);
      assert.equal(merged.code, 0, merged.stderr);
      assert.doesNotMatch(merged.stdout, /missing|Not complete/);
      const whole = await slope(bench(join(folder, "whole"), FOUR));
      assert.equal(whole.code, 0, whole.stderr);
      const expected = latestTrials(join(folder, "whole")).map(trialName).sort();
      assert.equal(expected.length, 24);
      assert.deepEqual(readRun(run).trials.map(trialName).sort(), expected);
    });
  },
);

test(
  "shards that start at once agree on one plan, and say that they disturbed each other",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "shards");
      const more = { implementations: "fused_typed", sizes: "200" };
      const ended = await Promise.all(
        [1, 2].map((index) => slope(bench(out, { ...more, shard: `${index}/2` }))),
      );
      for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
      const plans = [1, 2].map((index) => readRun(join(out, `shard-${index}-of-2`)).run.plan);
      assert.deepEqual(plans[0], plans[1]);
      const merged = await slope(["merge", out, "--out", join(folder, "run")]);
      assert.equal(merged.code, 0, merged.stderr);
      assert.match(merged.stdout, /^⚠ Shards 1 and 2 did not have .* to themselves: for /);
    });
  },
);

test("an interrupted shard goes on with the same command", SLOW, async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "shards");
    const args = bench(out, { shard: "2/2" });
    const running = startSlope(args);
    await running.says("round ");
    running.kill("SIGINT");
    const interrupted = await running.ended;
    assert.equal(interrupted.code, 130, interrupted.stderr);
    const shard = join(out, "shard-2-of-2");
    const had = readRun(shard).trials.length;
    const merged = await slope(["merge", out, "--out", join(folder, "run")]);
    assert.equal(merged.code, 0, merged.stderr);
    assert.match(
      merged.stdout.replaceAll(/\n +/g, " "),
      /^⚠ Shard 1 of 2 is missing:.*\n⚠ Not complete: shard 2/,
    );
    const resumed = await slope(args);
    assert.equal(resumed.code, 0, resumed.stderr);
    const { trials, run } = readRun(shard);
    assert.ok(had < trials.length);
    assert.equal(trials.length, 24);
    assert.equal(run.sessions.length, 2);
    // The plan of the shards is what holds them together.
    rmSync(join(out, "shards.json"));
    const lost = await slope(args);
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /it is no shard-2-of-2 of the shards beside it/);
    writeFileSync(join(out, "shards.json"), "{");
    assert.match((await slope(args)).stderr, /shards\.json": not a JSON value.*\nhint:/s);
    assert.ok(existsSync(shard));
  });
});

test(
  "a shard on a full or read-only folder ends with code 2, and goes on with the same command",
  SLOW,
  async (t) => {
    await withFolder(async (folder) => {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", disk]).status !== 0) {
        console.error("skipped: no right to mount a tmpfs");
        return t.skip("no right to mount a tmpfs");
      }
      const args = bench(join(disk, "shards"), { shard: "1/1", implementations: "fused_typed" });
      const remount = (how: string) => spawnSync("mount", ["-o", `remount,${how}`, disk]);
      try {
        const full = await slope(args);
        assert.equal(full.code, 2, full.stderr);
        assert.match(full.stderr, /Cannot write ".*"/);
        const { trials } = readJournal(join(disk, "shards", "shard-1-of-1", "trials.jsonl"));
        assert.ok(trials.length >= 1 && trials.length < 16);
        remount("ro,size=8m");
        const readOnly = await slope(args);
        assert.equal(readOnly.code, 2, readOnly.stderr);
        assert.match(readOnly.stderr, /Cannot write ".*".*\nhint:/s);
        remount("rw,size=8m");
        const resumed = await slope(args);
        assert.equal(resumed.code, 0, resumed.stderr);
        assert.equal(readRun(join(disk, "shards", "shard-1-of-1")).trials.length, 16);
        const into = ["merge", join(disk, "shards"), "--out", join(disk, "merged")];
        const filler = join(disk, "filler");
        // As much of it as there is room for.
        assert.throws(() => writeFileSync(filler, new Uint8Array(2 ** 24)), { code: "ENOSPC" });
        const noRoom = await slope(into);
        assert.equal(noRoom.code, 2, noRoom.stderr);
        assert.match(noRoom.stderr, /Cannot write ".*".*\nhint: .*another folder by --out/s);
        rmSync(filler);
        const withRoom = await slope(into);
        assert.equal(withRoom.code, 0, withRoom.stderr);
        remount("ro,size=8m");
        assert.equal((await slope(args)).code, 0);
        const merged = await slope(["merge", join(disk, "shards"), "--out", join(folder, "run")]);
        assert.equal(merged.code, 0, merged.stderr);
        const nowhere = await slope(["merge", join(disk, "shards"), "--out", join(disk, "run")]);
        assert.equal(nowhere.code, 2, nowhere.stderr);
        assert.match(nowhere.stderr, /Cannot write ".*".*\nhint: name another folder by --out/s);
      } finally {
        spawnSync("umount", [disk]);
      }
    });
  },
);

/** Starts `slope <args>` as on another host: with another host name, and processes that nobody here sees. */
function startElsewhere(args: readonly string[]): ReturnType<typeof startSlope> {
  const [command, ...rest] = commandLine(args).flat();
  return startProcess("unshare", [
    ...["--uts", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ...["sh", "-c", 'hostname elsewhere; exec "$@"', "sh", command, ...rest],
  ]);
}

test(
  "a shard of another host is left alone while it lives, and taken over when its host is gone",
  SLOW,
  async (t) => {
    const may = ["--uts", "--pid", "--fork", "--mount-proc", "hostname", "elsewhere"];
    if (spawnSync("unshare", may).status !== 0) {
      console.error("skipped: no right to make namespaces");
      return t.skip("no right to make namespaces");
    }
    await withFolder(async (folder) => {
      const out = join(folder, "shards");
      // Enough rounds to last longer than two beats of its lock.
      const args = bench(out, { shard: "1/1", implementations: "fused_typed", rounds: "24" });
      const elsewhere = startElsewhere(args);
      await elsewhere.says("round ");
      const beside = await slope(args);
      assert.equal(beside.code, 2, beside.stderr);
      assert.match(beside.stderr, /process \d+ on elsewhere is measuring it/);
      elsewhere.kill("SIGKILL");
      await elsewhere.ended;
      const taken = await slope(args);
      assert.equal(taken.code, 0, taken.stderr);
      assert.match(taken.stderr, /on elsewhere has this shard; .*\nwarning: host was elsewhere/);
      const { run, trials } = readRun(join(out, "shard-1-of-1"));
      assert.equal(trials.length, 48);
      const { host } = run.sessions[1].environment!;
      assert.deepEqual([...new Set(trials.map(({ node }) => node))], ["elsewhere", host]);
    });
  },
);
