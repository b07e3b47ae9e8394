import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
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

const summaryIn = (out: string): Summary =>
  Summary.parse(JSON.parse(readFileSync(join(out, "latest", "summary.json"), "utf8")));

/** One layer whose gradient is too large by a constant factor: unless it is 1, another model is trained. */
const oneLayer = (factor: number) =>
  `export default {
    name: "one_layer_${factor}".replace(".", "_"), summary: "of a test", precision: "float64",
    prepare({ dataset: { features: D, classes: C, pixels, labels } }) {
      return (p, batch, g) => {
        g.fill(0);
        let loss = 0;
        for (const n of batch) for (let c = 0; c < C; c++) {
          let z = p[C * D + c];
          for (let d = 0; d < D; d++) z += p[c * D + d] * pixels[n * D + d] / 255;
          const a = 1 / (1 + Math.exp(-z)), e = a - (labels[n] === c ? 1 : 0);
          const delta = ${factor} * e * a * (1 - a) / batch.length;
          loss += 0.5 * e * e / batch.length;
          g[C * D + c] += delta;
          for (let d = 0; d < D; d++) g[c * D + d] += delta * pixels[n * D + d] / 255;
        }
        return loss;
      };
    },
  };`;

/** A sweep of one-layer networks, in two rounds of one size. */
const bench = (out: string, options: Record<string, string>) =>
  slope([
    "bench",
    ...flags({
      data: smallData(),
      out,
      plan: briefPlan(),
      layers: "784,10",
      sizes: "400",
      rounds: "2",
      verbose: "",
      ...options,
    }),
  ]);

test(
  "correct implementations and a plug-in train the same model, and have speedups",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { code, stdout, stderr } = await bench(out, {
        implementations:
          "naive_loop,outer_product,fused_typed,sparse_typed,wasm_sparse,one_layer_1",
        plugin: writePlugin(out, "one.ts", oneLayer(1)),
        epochs: "2",
      });
      assert.equal(code, 0, stderr);
      const { sameModel, cells } = summaryIn(out);
      assert.deepEqual(sameModel.map(({ verdict }) => verdict), Array(5).fill("same model"));
      assert.ok(sameModel.every(({ trajectory }) => trajectory && trajectory.steps >= 20));
      assert.ok(sameModel.every(({ predictions }) => predictions?.length === 1));
      assert.ok(cells.every(({ speedup }) => speedup !== undefined));
      assert.match(
        stdout.replaceAll(/\s+/g, " "),
        /All 5 others train the same model as naive_loop/,
      );
      // The evidence is recorded once per cell.
      for (const { round, trajectory, training } of latestTrials(out)) {
        assert.equal(trajectory !== undefined, round === 1);
        assert.deepEqual(
          training?.epochs.map(({ correct }) => correct !== undefined),
          [false, round === 1],
        );
      }
    });
  },
);

test(
  "an implementation that trains another model has no speedup, and the report says why",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { code, stdout, stderr } = await bench(out, {
        implementations: "naive_loop,one_layer_1_01",
        plugin: writePlugin(out, "other.ts", oneLayer(1.01)),
        epochs: "1",
        "keep-wrong": "",
      });
      assert.equal(code, 0, stderr);
      const { sameModel, cells, series } = summaryIn(out);
      assert.deepEqual(sameModel.map(({ verdict }) => verdict), ["different model"]);
      const other = cells.find((cell) => series[cell.series].implementation === "one_layer_1_01");
      assert.equal(other?.speedup, undefined);
      const text = stdout.replaceAll(/\s+/g, " ");
      assert.match(
        text,
        /No speedup for one_layer_1_01 \(wrong\): it trains a different model than naive_loop\. Losses/,
      );
    });
  },
);
