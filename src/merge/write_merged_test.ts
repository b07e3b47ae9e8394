import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { journalOf, writeShards } from "../../tests/support/shards.ts";
import { readRun } from "../sweep/run_folder.ts";
import { mergeShards } from "./merge_shards.ts";
import { readShards } from "./read_shards.ts";
import { writeMerged } from "./write_merged.ts";

test("a merge that was cut off is repeated into the same folder, and leaves nothing of the first", async () => {
  await withFolder(async (folder) => {
    const shards = join(folder, "shards");
    const plugins = [{ path: "/mine.py", sha256: "0123456789abcdef", copy: "plugins/mine.py" }];
    const [first] = await writeShards(shards, 2, ({ run, trials }) => ({
      run: { ...run, plugins },
      trials,
    }));
    const out = join(folder, "run");
    const merge = async () => {
      const read = readShards([shards], () => {});
      await writeMerged(out, mergeShards(read, false), read);
    };
    await assert.rejects(merge(), /Cannot write ".*mine\.py"/);
    mkdirSync(join(first, "plugins"));
    writeFileSync(join(first, "plugins", "mine.py"), "pass");
    // As one leaves it that is killed while it writes.
    writeFileSync(join(out, "trials.jsonl.4a6f.tmp"), '{"schema"');
    writeFileSync(journalOf(out), '{"schema"');
    await merge();
    assert.deepEqual(readdirSync(out).sort(), ["plugins", "run.json", "trials.jsonl"]);
    assert.equal(readRun(out).trials.length, 36);
    await merge();
  });
});

test("a folder of somebody else's records is no half of a merge", async () => {
  await withFolder(async (folder) => {
    const shards = join(folder, "shards");
    await writeShards(shards, 2);
    const out = join(folder, "run");
    mkdirSync(out);
    writeFileSync(journalOf(out), "mine");
    const read = readShards([shards], () => {});
    await assert.rejects(
      writeMerged(out, mergeShards(read, false), read),
      /holds files, and no run/,
    );
    assert.deepEqual(readdirSync(out), ["trials.jsonl"]);
  });
});
