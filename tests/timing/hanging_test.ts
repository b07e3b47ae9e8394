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

/** A sweep of an implementation and a plug-in of which `prepare` is this code. */
async function sweepWith(prepare: string, out: string, options: Record<string, string>) {
  const plugin = writePlugin(
    out,
    "hangs.ts",
    `export default { name: "hangs", summary: "s", precision: "float64", prepare: ${prepare} };`,
  );
  const { stderr } = await slope([
    "bench",
    ...flags({ data: smallData(), out, plan: briefPlan(), plugin, epochs: "1", ...options }),
    ...flags({ implementations: "fused_typed", "keep-wrong": "" }),
  ]);
  const trials = latestTrials(out);
  return {
    stderr,
    hanging: trials.filter(({ cell }) => cell.implementation === "hangs"),
    others: trials.filter(({ cell }) => cell.implementation !== "hangs"),
  };
}

test("a plug-in that hangs in open does not use up the budget of the others", SLOW, async () => {
  await withFolder(async (out) => {
    const prepare = "() => { while (true); }";
    const options = { sizes: "200,400", rounds: "1", budget: "14s" };
    const { stderr, hanging, others } = await sweepWith(prepare, out, options);
    assert.deepEqual(hanging.map(({ status }) => status), ["failed", "failed"]);
    assert.match(JSON.stringify(hanging[0]), /timed.out/);
    // A busy machine may not have time for every trial.
    assert.ok(others.some(({ status }) => status === "ok"), stderr);
  });
});
