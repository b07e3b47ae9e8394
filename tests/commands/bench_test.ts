import assert from "node:assert/strict";
import { test } from "node:test";
import {
  briefPlan,
  flags,
  latestTrials,
  slopeHere,
  smallData,
  trialName,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const SMALL = { sizes: "200", epochs: "1", rounds: "1" };

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

const bench = (out: string, options: Record<string, string> = {}) =>
  slopeHere(arguments_(out, options));

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

test(
  "a plug-in of ten lines runs beside the others, in TypeScript and in JavaScript",
  SLOW,
  async () => {
    const softmax = (types: boolean) =>
      `export default {
       name: "mine_${types ? "ts" : "js"}", summary: "one layer", precision: "float64",
       prepare: ({ network, dataset }) => (parameters${
        types ? ": Float64Array" : ""
      }, batch, gradient) => {
         const D = dataset.features, C = dataset.classes;
         gradient.fill(0);
         let loss = 0;
         for (const n of batch) {
           for (let c = 0; c < C; c++) {
             let z = parameters[C * D + c];
             for (let d = 0; d < D; d++) z += parameters[c * D + d] * dataset.pixels[n * D + d] / 255;
             const a = 1 / (1 + Math.exp(-z)), y = dataset.labels[n] === c ? 1 : 0;
             const delta = (a - y) * a * (1 - a) / batch.length;
             loss += 0.5 * (a - y) ** 2 / batch.length;
             gradient[C * D + c] += delta;
             for (let d = 0; d < D; d++) gradient[c * D + d] += delta * dataset.pixels[n * D + d] / 255;
           }
         }
         return loss;
       },
     };`;
    await withFolder(async (folder) => {
      const plugins = [
        ...["--plugin", writePlugin(folder, "mine.ts", softmax(true))],
        ...["--plugin", writePlugin(folder, "mine.js", softmax(false))],
      ];
      const { code, stderr } = await slopeHere([
        ...arguments_(folder, { layers: "784,10" }),
        ...plugins,
      ]);
      assert.equal(code, 0, stderr);
      const ok = latestTrials(folder).filter(({ status }) => status === "ok");
      assert.deepEqual(ok.map(({ cell }) => cell.implementation).sort(), [
        ...["fused_typed", "mine_js", "mine_ts", "naive_loop", "outer_product"],
      ]);
    });
  },
);
