import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";

/** Asserts that a process, whose number stands in a file, ends within five seconds. */
export const assertEnds = (pidFile: string): Promise<void> =>
  assertProcessEnds(Number(readFileSync(pidFile, "utf8")));

/** Asserts that a process ends within five seconds. */
export async function assertProcessEnds(pid: number): Promise<void> {
  for (let tries = 0; tries < 50 && isRunning(pid); tries++) await pause(100);
  assert.ok(!isRunning(pid), `process ${pid} still runs`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed process stays, as a zombie, until its parent has noticed.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
