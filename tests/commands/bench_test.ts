import assert from "node:assert/strict";
import { test } from "node:test";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  smallData,
  trialName,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const SMALL = { sizes: "200", epochs: "1", rounds: "1" };

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

const bench = (out: string, options: Record<string, string> = {}) =>
  slope(arguments_(out, options));

test(
  "trials that exceed the budget are skipped with the prediction, the others run",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      // On any machine, 1,000 epochs of 2,000 examples take over 70 s. On a busy one, those of 20 take 20 s with all set-up.
      const { code, stderr } = await bench(out, {
        implementations: "naive_loop",
        budget: "60s",
        sizes: "20,2000",
        epochs: "1000",
      });
      assert.equal(code, 0, stderr);
      const [large, small] = latestTrials(out).sort((a, b) => b.cell.examples - a.cell.examples);
      assert.equal(large.status, "skipped");
      assert.equal(large.reasons?.[0].kind, "over-budget");
      assert.equal(small.status, "ok");
    });
  },
);

test("a plan file, seeds and several minibatch sizes make the cells they name", SLOW, async () => {
  await withFolder(async (out) => {
    const { code, stderr } = await bench(out, {
      implementations: "fused_typed",
      batch: "5,full",
      seed: "1,2",
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(latestTrials(out).map(trialName).sort(), [
      "fused_typed m=200 B=200 round 1 ok",
      "fused_typed m=200 B=200 round 1 ok",
      "fused_typed m=200 B=5 round 1 ok",
      "fused_typed m=200 B=5 round 1 ok",
    ]);
  });
});

test("the other timing engines run through the same harness", SLOW, async () => {
  for (const engine of ["mitata", "tinybench"]) {
    await withFolder(async (out) => {
      const { code, stderr } = await bench(out, {
        engine,
        implementations: "fused_typed",
      });
      assert.equal(code, 0, stderr);
      assert.ok(
        latestTrials(out).every((trial) => trial.engine === engine && trial.status === "ok"),
      );
    });
  }
});

test(
  "cells that WebAssembly could not hold on any machine are skipped, and what to use is said",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { stdout, stderr } = await bench(out, {
        implementations: "wasm_sparse",
        layers: "784,700000,10",
        sizes: "20,40",
        rounds: "2",
      });
      const trials = latestTrials(out);
      assert.equal(trials.length, 4, stderr);
      for (const { status, reasons } of trials) {
        assert.equal(status, "skipped");
        assert.deepEqual(reasons?.map(({ kind }) => kind), ["too-large"]);
      }
      assert.match(stderr, /too large: it needs 6500 MiB or more.* 4 GiB; use native_sparse/);
      assert.match(stdout, /wasm_sparse\s+skipped \(4 trials\)/);
    });
  },
);
