import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrialRecord } from "../../src/format/trial_record.ts";
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

/** A sweep of two implementations and a plug-in of which `prepare` is this code. */
async function sweepWith(prepare: string, out: string, options: Record<string, string>) {
  const plugin = writePlugin(
    out,
    "hangs.ts",
    `export default { name: "hangs", summary: "s", precision: "float64", prepare: ${prepare} };`,
  );
  const { stderr } = await slope([
    "bench",
    ...flags({ data: smallData(), out, plan: briefPlan(), plugin, epochs: "1", ...options }),
    ...flags({ implementations: "naive_loop,fused_typed", "keep-wrong": "" }),
  ]);
  const trials = latestTrials(out);
  return {
    stderr,
    hanging: trials.filter(({ cell }) => cell.implementation === "hangs"),
    others: trials.filter(({ cell }) => cell.implementation !== "hangs"),
  };
}

const names = (trials: readonly TrialRecord[]) =>
  new Set(trials.map(({ cell }) => cell.implementation));

// A busy machine may have no time for every trial: what counts is that the others are measured at all.

test("a plug-in that hangs in open does not use up the budget of the others", SLOW, async () => {
  await withFolder(async (out) => {
    const prepare = "() => { while (true); }";
    const options = { sizes: "200,400", rounds: "1", budget: "8s" };
    const { stderr, hanging, others } = await sweepWith(prepare, out, options);
    assert.deepEqual(hanging.map(({ status }) => status), ["failed", "failed"]);
    assert.match(JSON.stringify(hanging[0]), /timed.out/);
    const good = others.filter(({ status }) => status === "ok");
    assert.deepEqual(names(good), new Set(["naive_loop", "fused_typed"]), stderr);
  });
});

test("a plug-in that hangs in a step of a larger subset fails alone, and once", SLOW, async () => {
  await withFolder(async (out) => {
    const prepare = `({ dataset }) => (p, batch, gradient) => {
      while (dataset.count > 200 && batch.length > 1);
      gradient.fill(0);
      return 0;
    }`;
    const options = { sizes: "200,400,800", rounds: "2", budget: "10s", timeout: "10s" };
    const { stderr, hanging, others } = await sweepWith(prepare, out, options);
    const failed = hanging.filter(({ status }) => status === "failed");
    assert.deepEqual(failed.map(({ cell }) => cell.examples).sort(), [400, 800], stderr);
    const later = others.filter(({ round, status }) => round === 2 && status === "ok");
    assert.ok(later.length > 0, stderr);
  });
});
