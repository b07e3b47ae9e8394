import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ownIdentity, processStart, processState } from "./process_identity.ts";
import { skipFor } from "../../tests/support/skips.ts";

test("a process has one start, another process another", {
  skip: skipFor(process.platform !== "linux" && "starts of processes are read on Linux alone"),
}, async () => {
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

test("a process is alive or gone only where this place proves it", () => {
  const here = {
    platform: process.platform,
    host: "h",
    ...(process.platform === "linux" && { boot: "b", pidNamespace: "pid:[1]" }),
  };
  const dead = { ...here, pid: 2 ** 22 + 1, start: "b 1" };
  assert.equal(processState(dead, here), "gone");
  const reused = processState({ ...dead, pid: process.pid }, here);
  assert.equal(reused, process.platform === "linux" ? "gone" : "alive");
  const { start } = ownIdentity();
  assert.equal(processState({ ...here, pid: process.pid, ...(start && { start }) }, here), "alive");
  for (
    const other of [{ host: "g" }, { boot: "c" }, { pidNamespace: "pid:[2]" }, { platform: "x" }]
  ) {
    assert.equal(processState({ ...dead, ...other }, here), "unknown", JSON.stringify(other));
  }
  const unknown = { platform: "linux", host: "h" };
  assert.equal(processState({ ...unknown, pid: 2 ** 22 + 1 }, unknown), "unknown");
});
