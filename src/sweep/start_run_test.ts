import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { smallData, withFolder } from "../../tests/support/cli.ts";
import { resolveHere } from "../../tests/support/resolve_here.ts";
import { SLOW } from "../../tests/support/slow.ts";
import { InputError } from "../base/errors.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { orClose } from "./prepared_sweep.ts";
import { resolveSetup } from "./resolve_setup.ts";
import type { ShardLock } from "./shards/shard_lock.ts";
import { readRunFile } from "./run_folder.ts";
import { resumeRun, resumeWith, startRun, startWith } from "./start_run.ts";

const { signal } = new AbortController();

const INPUT = {
  implementations: ["fused_typed"],
  runtimes: [CURRENT_RUNTIME.name],
  sizes: [60],
  epochs: 1,
  rounds: 2,
  maxSampleSeconds: 0.01,
};

/** A lock that is looked at so often before another process has it. */
function lostAfter(looks: number): ShardLock & { left(): number } {
  let left = looks;
  return {
    left: () => left,
    isLost: () => left === 0,
    check() {
      if (left === 0) throw new InputError("taken over", "let that one end");
      left--;
    },
    release() {},
  };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder).toSorted().map((name) => `${name}: ${readFileSync(join(folder, name))}`);

test("of several that resume a run at once, one goes on with it", SLOW, async () => {
  await withFolder(async (out) => {
    const loadData = () => resolveHere({ place: smallData() });
    const begun = await startRun([INPUT], loadData, out, signal);
    await begun.close();
    const resumed = await Promise.allSettled(
      [1, 2, 3].map(() => resumeRun(begun.folder, loadData, signal)),
    );
    const handles = resumed.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    assert.equal(handles.length, 1);
    for (const one of resumed) {
      if (one.status === "fulfilled") continue;
      assert.match(
        String(one.reason),
        /^InputError: Cannot measure \S+: process \d+ on \S+ is measuring/,
      );
    }
    // What resumes it later hears it from the run itself.
    await assert.rejects(resumeRun(begun.folder, loadData, signal), /it is still being measured/);
    await handles[0].close();
    const last = await resumeRun(begun.folder, loadData, signal);
    await last.close();
    assert.equal(readRunFile(begun.folder).sessions.length, 3);
  });
});

test("whoever has lost a shard writes nothing more into its folder", SLOW, async () => {
  await withFolder(async (folder) => {
    const loadData = () => resolveHere({ place: smallData() });
    const shard = { index: 1, count: 2 };
    const start = async (lock: ShardLock, place: string) => {
      const setup = { ...await resolveSetup([INPUT], loadData, { signal }), shard };
      return await orClose(
        setup,
        () => startWith(setup, () => Promise.resolve(place), signal, lock),
      );
    };
    const taken = /taken over/;
    await assert.rejects(start(lostAfter(0), folder), taken);
    await assert.rejects(start(lostAfter(1), folder), taken);
    assert.deepEqual(readdirSync(folder), []);
    const lock = lostAfter(2);
    const handle = await start(lock, folder);
    assert.equal(lock.left(), 0);
    const journal = join(folder, "trials.jsonl");
    const before = filesIn(folder);
    await assert.rejects(handle.sweep(() => {}), taken);
    await handle.close();
    assert.deepEqual(filesIn(folder), before);
    writeFileSync(journal, '{"cut');
    const cut = filesIn(folder);
    for (const looks of [0, 1]) {
      await assert.rejects(resumeWith(folder, loadData, signal, lostAfter(looks)), taken);
      if (looks === 0) assert.deepEqual(filesIn(folder), cut);
      else assert.deepEqual(filesIn(folder)[0], cut[0]);
    }
  });
});
