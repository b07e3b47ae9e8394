import assert from "node:assert/strict";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { makeRun } from "../../tests/support/trials.ts";
import { ownIdentity } from "../base/process_identity.ts";
import type { Session } from "../format/plan.ts";
import { runState } from "./run_state.ts";
import { skipFor } from "../../tests/support/skips.ts";

const startedAt = "2026-03-01T10:00:00.000Z";
const finishedAt = "2026-03-01T10:01:00.000Z";

/** The state of a run whose journal was written `secondsAgo`, and of which a trial may take 60 s. */
async function stateOf(last: Partial<Session>, secondsAgo = 3600): Promise<string> {
  const run = makeRun({ plan: { trialTimeoutSeconds: 60 }, sessions: [{ startedAt, ...last }] });
  let state = "";
  await withFolder((folder) => {
    const journal = join(folder, "trials.jsonl");
    writeFileSync(journal, "");
    const at = Date.now() / 1000 - secondsAgo;
    utimesSync(journal, at, at);
    state = runState(run, folder);
  });
  return state;
}

test("a run goes on while its process is there", async () => {
  assert.equal(await stateOf({ process: ownIdentity() }), "running");
});

test("a process that has ended, or another one with its number, is not that sweep", async () => {
  const own = ownIdentity();
  assert.equal(await stateOf({ process: { ...own, pid: 2 ** 22 + 1 } }, 1), "interrupted");
  if (skipFor(process.platform !== "linux" && "starts of processes are read on Linux alone")) {
    return;
  }
  const [boot, ticks] = own.start!.split(" ");
  const start = `${boot} ${Number(ticks) - 1}`;
  assert.equal(await stateOf({ process: { ...own, start } }, 1), "interrupted");
});

test("a run of another container or machine goes on while its trials arrive", async () => {
  const own = ownIdentity();
  for (const other of [{ pidNamespace: "pid:[1]" }, { host: "another" }, { boot: "another" }]) {
    const elsewhere = { process: { ...own, ...other } };
    assert.equal(await stateOf(elsewhere, 1), "running");
    assert.equal(await stateOf(elsewhere, 61), "interrupted");
  }
});

test("how the last session ended decides", async () => {
  assert.equal(await stateOf({ finishedAt, ended: "complete" }), "finished");
  assert.equal(await stateOf({ finishedAt, ended: "interrupted" }), "interrupted");
  assert.equal(await stateOf({}), "interrupted");
});
