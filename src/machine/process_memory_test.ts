import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { skipFor } from "../../tests/support/skips.ts";
import { readPeakRssBytes } from "./process_memory.ts";

test("the peak of a box is the greatest of the processes in it", {
  skip: skipFor(process.platform !== "linux" && "memory is read on Linux alone"),
}, async () => {
  const box = spawn("sh", ["-c", "sh -c 'echo $$; sleep 20; true' & wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const inside = Number(await new Promise((resolve) => box.stdout.once("data", resolve)));
    const [own, whole] = [await readPeakRssBytes(inside), await readPeakRssBytes(box.pid!, true)];
    assert.ok(own! > 1e5);
    assert.ok(whole! >= own!);
  } finally {
    process.kill(-box.pid!, "SIGKILL");
  }
});
