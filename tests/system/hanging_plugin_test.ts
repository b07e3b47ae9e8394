import assert from "node:assert/strict";
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
