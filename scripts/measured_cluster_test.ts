import assert from "node:assert/strict";
import { test } from "node:test";
import { withFolder } from "../tests/support/cli.ts";
import { merged } from "../tests/support/merges.ts";
import { type MadeShard, makeShard, writeShards } from "../tests/support/shards.ts";
import { because } from "../tests/support/trials.ts";
import { measuredNodes, wandering } from "./measured_cluster.ts";

const PACES = [1, 1.5, 1.2];

/** As on a node of another pace; its first trials failed. */
const at = (pace: number, failed: number) => ({ run, trials }: MadeShard): MadeShard => ({
  run,
  trials: trials.map((trial, i) =>
    i < failed
      ? { ...trial, status: "failed", reasons: because("no"), samplesNs: [] }
      : { ...trial, samplesNs: trial.samplesNs.map((ns) => pace * ns) }
  ),
});

test("nodes are simulated as a merged run shows them: paces, luck, failures, missing shards", async () => {
  for (const lost of [false, true]) {
    await withFolder(async (out) => {
      await writeShards(
        out,
        3,
        (made, i) => lost && i === 3 ? undefined : at(PACES[i - 1], i === 1 ? 3 : 0)(made),
      );
      const { run, trials, summary } = merged([out]);
      const { paces, failed, missing, noise } = measuredNodes(run, trials, summary);
      assert.ok(Math.abs(paces - 1.5) < 0.05, `${paces}`);
      assert.equal(failed, 3 / (lost ? 24 : 36));
      assert.ok(Math.abs(missing - (lost ? 1 / 3 : 0)) < 1e-9, `${missing}`);
      // A made-up process has a pace of its own, of 1 %; no node wanders by more than that.
      assert.ok(noise.process > 0.003 && noise.process < 0.03, `${noise.process}`);
      assert.ok(noise.driftLimit < 0.03, `${noise.driftLimit}`);
    });
  }
});

test("a run of one machine shows no nodes", () => {
  const { run, trials } = makeShard(1, 1);
  assert.throws(
    () => measuredNodes(run, trials, { counts: {} } as never),
    /not merged from shards of two nodes/,
  );
});

test("the steps of a walk stay within its limits", () => {
  for (const limit of [0, 0.001, 0.05, 0.4]) {
    const { driftStep, driftLimit } = wandering(limit);
    assert.ok(driftLimit === limit && driftStep <= limit / 3 && driftStep <= 0.02);
  }
});
