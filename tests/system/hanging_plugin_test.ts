import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { NEEDS_PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

test("a plug-in that hangs costs only its own cells, and they time out", SLOW, async () => {
  await withFolder(async (out) => {
    const plugin = writePlugin(
      out,
      "hangs.ts",
      `export default { name: "hangs", summary: "s", precision: "float64",
         prepare: () => { while (true); } };`,
    );
    const given = { data: smallData(), plan: briefPlan(), implementations: "fused_typed", plugin };
    // The trial that must not time out takes well under a second on a quiet machine.
    const small = { sizes: "200", epochs: "1", rounds: "1", timeout: "15s", out };
    const { code, stderr } = await slope(["bench", ...flags({ ...given, ...small })]);
    assert.equal(code, 1, stderr);
    const told = new Map(latestTrials(out).map((trial) => [trial.cell.implementation, trial]));
    assert.deepEqual([...told].map(([name, { status }]) => [name, status]).sort(), [
      ["fused_typed", "ok"],
      ["hangs", "failed"],
    ]);
    assert.match(reasonOf(told.get("hangs")!), /timed out/);
  });
});

test("a program that never answers costs diagnose the time-out that was given, and no more", {
  ...SLOW,
  ...NEEDS_PYTHON,
}, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "endless.py");
    writeFileSync(
      file,
      "def gradient(weights, biases, images, labels):\n    while True:\n        pass\n",
    );
    const given = { data: smallData(), sizes: "200", only: "gradient", timeout: "4s" };
    const { code, stdout } = await slope(["diagnose", file, ...flags(given)]);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ gradient not examined: timed out after 4\.00 s, while it was examined/);
  });
});
