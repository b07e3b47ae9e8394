import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { processStart } from "./process_start.ts";

test("a process has one start, another process another", async () => {
  if (process.platform !== "linux") return;
  const own = processStart(process.pid);
  assert.match(own ?? "", /^[0-9a-f-]{36} \d+$/);
  await pause(50); // several clock ticks
  const child = spawn("sleep", ["10"], { stdio: "ignore" });
  try {
    const other = processStart(child.pid!);
    assert.notEqual(other, own);
    assert.equal(other?.split(" ")[0], own?.split(" ")[0], "the boot is the same");
    assert.equal(processStart(process.pid), own);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a process that is not there has none", () => {
  assert.equal(processStart(2 ** 22 + 1), undefined);
});
