import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonicNs } from "../../src/base/clock.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { IMPLEMENTATIONS } from "../../src/gradients/all.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { writeParameters } from "../../src/model/layout.ts";
import type { Network } from "../../src/model/network.ts";
import { TIMING_ENGINES } from "../../src/trial/engines.ts";
import { createEpochRunner } from "../../src/gradients/epochs.ts";
import { SLOW } from "../support/slow.ts";

const NETWORK: Network = {
  layerSizes: [784, 16, 16, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** An epoch of a real kernel, warmed up, always from the same parameters and in the same order. */
async function openTimed() {
  const implementation = IMPLEMENTATIONS.find(({ name }) => name === "fused_typed");
  assert.ok(implementation);
  const examples = 300;
  const problem = {
    network: NETWORK,
    dataset: syntheticDigits(examples, 1, "train"),
    maxBatchSize: 10,
    threads: 1,
  };
  const kernel = await implementation.open(problem);
  const initial = initialParameters(NETWORK, "scaled-normal", 1);
  const prepare = () => writeParameters(initial, NETWORK, kernel.layout, kernel.parameters);
  const runner = createEpochRunner(kernel, { examples, batchSize: 10, rate: 3, seed: 1 });
  runner.shuffle(1);
  prepare();
  for (let i = 0; i < 200; i++) runner.epoch();
  return { timed: { mode: "sync" as const, prepare, run: runner.epoch }, kernel };
}

test(
  "ordered, mitata and tinybench agree on the median of one kernel within 5 %",
  SLOW,
  async () => {
    const { timed, kernel } = await openTimed();
    const engines = ["ordered", "mitata", "tinybench"] as const;
    // Slices of the three engines are interleaved, because machines drift. A busy neighbour spoils about one comparison in
    // ten; twenty in a row are a defect.
    let spread = Infinity;
    let told = "";
    for (let attempt = 1; attempt <= 20 && spread > 1.05; attempt++) {
      const samples = engines.map(() => [] as number[]);
      for (let slice = 0; slice < 6; slice++) {
        for (const [i, engine] of engines.entries()) {
          const taken = await TIMING_ENGINES[engine](timed, {
            engine,
            budgetNs: 60e6,
            minSamples: 5,
            minSampleNs: 0,
          }, monotonicNs);
          samples[i].push(...taken);
        }
      }
      const medians = samples.map(median);
      spread = Math.max(...medians) / Math.min(...medians);
      told = engines.map((engine, i) => `${engine} ${(medians[i] / 1e3).toFixed(1)} µs`).join(", ");
    }
    await kernel[Symbol.asyncDispose]();
    assert.ok(spread <= 1.05, `medians: ${told}`);
  },
);
