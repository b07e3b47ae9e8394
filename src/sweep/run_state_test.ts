import assert from "node:assert/strict";
import os from "node:os";
import process from "node:process";
import { test } from "node:test";
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
  assert.equal(runState(runWith(own)), "running");
  assert.equal(runState(runWith({ pid: process.pid })), "running"); // a system that tells no starts
  assert.equal(runState(makeRun({ sessions: [{ startedAt, ...own }] })), "interrupted");
});

test("another process that got the number of a killed sweep is not that sweep", () => {
  if (process.platform !== "linux") return;
  const [boot, ticks] = processStart(process.pid)!.split(" ");
  for (const other of [`${boot} ${Number(ticks) - 1}`, `another-boot ${ticks}`]) {
    assert.equal(runState(runWith({ pid: process.pid, processStart: other })), "interrupted");
  }
});

test("how the last session ended decides", () => {
  assert.equal(runState(runWith({ finishedAt, ended: "complete" })), "finished");
  assert.equal(runState(runWith({ finishedAt, ended: "interrupted" })), "interrupted");
});
