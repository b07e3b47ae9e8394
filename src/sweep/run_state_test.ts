import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { makeRun } from "../../tests/support/trials.ts";
import { processStart } from "../base/process_identity.ts";
import type { RunFile, Session } from "../format/plan.ts";
import { runState } from "./run_state.ts";

const startedAt = "2026-03-01T10:00:00.000Z";
const finishedAt = "2026-03-01T10:01:00.000Z";
const runWith = (last: Partial<Session>): RunFile =>
  makeRun({ environment: { host: os.hostname() }, sessions: [{ startedAt, ...last }] });

test("a run goes on while its process is there", () => {
  const start = processStart(process.pid);
  const own = { pid: process.pid, ...(start !== undefined && { processStart: start }) };
  assert.equal(runState(runWith(own), "."), "running");
  assert.equal(runState(runWith({ pid: process.pid }), "."), "running"); // of before starts were kept
  assert.equal(runState(makeRun({ sessions: [{ startedAt, ...own }] }), "."), "interrupted");
});

test("another process that got the number of a killed sweep is not that sweep", () => {
  if (process.platform !== "linux") return;
  const [boot, ticks] = processStart(process.pid)!.split(" ");
  for (const other of [`${boot} ${Number(ticks) - 1}`, `another-boot ${ticks}`]) {
    assert.equal(runState(runWith({ pid: process.pid, processStart: other }), "."), "interrupted");
  }
});

test("how the last session ended decides", () => {
  assert.equal(runState(runWith({ finishedAt, ended: "complete" }), "."), "finished");
  assert.equal(runState(runWith({ finishedAt, ended: "interrupted" }), "."), "interrupted");
});

test("an old run with fewer records than its plan asks for was interrupted", async () => {
  await withFolder(async (folder) => {
    const old = runWith({ finishedAt });
    assert.equal(runState(old, folder), "finished"); // nothing tells
    assert.equal(runState({ ...old, trials: 2 }, folder), "interrupted");
    writeFileSync(join(folder, "trials.jsonl"), "{}\n{}");
    assert.equal(runState({ ...old, trials: 2 }, folder), "interrupted");
    writeFileSync(join(folder, "trials.jsonl"), "{}\n{}\n");
    assert.equal(runState({ ...old, trials: 2 }, folder), "finished");
    await Promise.resolve();
  });
});
