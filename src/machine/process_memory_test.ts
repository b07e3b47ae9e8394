import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { skipFor } from "../../tests/support/skips.ts";
import { readPeakRssBytes, readPeakRssOfRanks } from "./process_memory.ts";

test("the peak of a job is that of its ranks, and unknown where one is not the launcher's", {
  skip: skipFor(process.platform !== "linux" && "memory is read on Linux alone"),
}, async () => {
  const launcher = spawn("sh", ["-c", "sh -c 'echo $$; sleep 20; true' & wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const rank = Number(await new Promise((resolve) => launcher.stdout.once("data", resolve)));
    assert.ok((await readPeakRssOfRanks(launcher.pid!, [rank]))! > 1e5);
    assert.ok((await readPeakRssBytes(launcher.pid!, true))! > 1e5);
    for (const ranks of [[rank, process.pid], [process.pid], [rank, rank], []]) {
      assert.equal(await readPeakRssOfRanks(launcher.pid!, ranks), undefined, `${ranks}`);
    }
  } finally {
    process.kill(-launcher.pid!, "SIGKILL");
  }
});
