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
import { resumeWith, startWith } from "./start_run.ts";

const { signal } = new AbortController();

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

test("whoever has lost a shard writes nothing more into its folder", SLOW, async () => {
  await withFolder(async (folder) => {
    const loadData = () => resolveHere({ place: smallData() });
    const input = {
      implementations: ["fused_typed"],
      runtimes: [CURRENT_RUNTIME.name],
      sizes: [60],
      epochs: 1,
      rounds: 2,
      maxSampleSeconds: 0.01,
    };
    const shard = { index: 1, count: 2 };
    const start = async (lock: ShardLock, place: string) => {
      const setup = { ...await resolveSetup([input], loadData, { signal }), shard };
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
