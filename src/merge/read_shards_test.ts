import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { merged, warningOf } from "../../tests/support/merges.ts";
import { journalOf, writeShards } from "../../tests/support/shards.ts";
import type { RunFile } from "../format/plan.ts";

test("shards that never came are named, and the others give a report", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 3, (made, index) => index === 2 ? undefined : made);
    mkdirSync(join(out, "shard-2-of-3"));
    const { summary, run, leftOut } = merged([out]);
    assert.deepEqual(leftOut.map(({ kind }) => kind), ["not-begun"]);
    assert.deepEqual(warningOf(summary, "shards-missing"), {
      kind: "shards-missing",
      indices: [2],
      count: 3,
    });
    assert.equal(run.sessions[0].ended, "interrupted");
    assert.equal(run.trials, 36);
    assert.ok(summary.cells.every(({ trials }) => trials === 4));
  });
});

test("rounds that are missing and a record that was cut are told by shard", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 3, ({ run, trials }, index) => {
      const { ended: _, finishedAt: __, ...killed } = run.sessions[0];
      return index === 2
        ? { run: { ...run, sessions: [killed] }, trials: trials.slice(0, 7) }
        : { run, trials };
    });
    appendFileSync(journalOf(second), '{"schema": 1, "status"');
    // Nobody noticed that this one lost a record.
    const lines = readFileSync(journalOf(first), "utf8").split("\n");
    writeFileSync(journalOf(first), lines.slice(1).join("\n"));
    const { summary, run } = merged([out]);
    assert.deepEqual(warningOf(summary, "shards-unfinished")?.shards, [
      { index: 1, trials: 11, planned: 12 },
      { index: 2, trials: 7, planned: 12, cutBytes: 22 },
    ]);
    assert.equal(run.sessions[0].ended, "interrupted");
    assert.equal(summary.counts.ok, 30);
  });
});

test("a damaged shard is left out, told, and missing; without any there is nothing to merge", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    writeFileSync(join(second, "run.json"), "");
    const { summary, leftOut } = merged([out]);
    assert.deepEqual(leftOut.map(({ kind, folder }) => [kind, folder]), [["damaged", second]]);
    assert.deepEqual(warningOf(summary, "shards-missing")?.indices, [2]);
    rmSync(join(first, "run.json"));
    assert.throws(() => merged([out]), /no shard in it has begun or can be read/);
  });
});

test("folders without shards are refused: whole runs, merged runs, none", async () => {
  await withFolder(async (out) => {
    await writeShards(join(out, "shards"), 2, ({ run: { shard, ...run }, trials }) => ({
      run: { ...run, ...(shard!.index === 1 && { shards: merged1(run) }) },
      trials,
    }));
    const [one, two] = [1, 2].map((index) => join(out, "shards", `shard-${index}-of-2`));
    assert.throws(() => merged([one]), /it was merged from shards already/);
    assert.throws(() => merged([two]), /it is a whole run, and no shard of one/);
    assert.throws(() => merged([out]), /there is no shard in it/);
    assert.throws(() => merged([join(out, "nowhere")]), /there is no such folder/);
    writeFileSync(join(one, "run.json"), '{"schema": 7}');
    assert.throws(
      () => merged([join(out, "shards")]),
      /schema is 7 in the first and 1 in the second/,
    );
    assert.throws(() => merged([one]), /schema is 7, expected 1/);
  });
});

/** As a merged run says where its shards were measured. */
const merged1 = ({ environment, sessions }: Omit<RunFile, "shard">): RunFile["shards"] => [
  { index: 1, count: 1, host: environment.host, environment, sessions, trials: 36 },
];

test("shards that were killed before their first trial make a run without figures", async () => {
  await withFolder(async (out) => {
    const folders = await writeShards(out, 2, ({ run: { trials: _, ...run } }) => {
      const [{ startedAt }] = run.sessions;
      return { run: { ...run, sessions: [{ startedAt }] }, trials: [] };
    });
    rmSync(journalOf(folders[0]));
    const { summary, run } = merged([out]);
    assert.deepEqual(summary.cells, []);
    assert.deepEqual(warningOf(summary, "shards-unfinished")?.shards, [
      ...[{ index: 1, trials: 0 }, { index: 2, trials: 0 }],
    ]);
    assert.equal(run.trials, undefined);
  });
});
