import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonicNs } from "../base/clock.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { initialParameters } from "../model/initialise.ts";
import { writeParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { type Sampling, TIMING_ENGINES } from "./engines.ts";
import { createEpochRunner } from "../gradients/epochs.ts";

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

const sampling = (engine: Sampling["engine"], budgetNs: number): Sampling => ({
  engine,
  budgetNs,
  minSamples: 5,
  minSampleNs: 0,
});

test("ordered, mitata and tinybench agree on the median of one kernel within 5 %", async () => {
  const { timed, kernel } = await openTimed();
  const engines = ["ordered", "mitata", "tinybench"] as const;
  // Machines drift while one engine runs and the next has not begun: slices of all three are
  // interleaved, and the whole comparison is tried again when a neighbour was loud.
  let spread = Infinity;
  let told = "";
  for (let attempt = 1; attempt <= 8 && spread > 1.05; attempt++) {
    const samples = engines.map(() => [] as number[]);
    for (let slice = 0; slice < 6; slice++) {
      for (const [i, engine] of engines.entries()) {
        const taken = await TIMING_ENGINES[engine](timed, sampling(engine, 60e6), monotonicNs);
        samples[i].push(...taken);
      }
    }
    const medians = samples.map(median);
    spread = Math.max(...medians) / Math.min(...medians);
    told = engines.map((engine, i) => `${engine} ${(medians[i] / 1e3).toFixed(1)} µs`).join(", ");
  }
  await kernel[Symbol.asyncDispose]();
  assert.ok(spread <= 1.05, `medians: ${told}`);
});

/** A clock that a test moves by hand. */
function handClock() {
  let now = 0;
  return { clock: () => now, pass: (ns: number) => now += ns };
}

test("the ordered engine keeps every sample in the order taken, preparation off the clock", async () => {
  const { clock, pass } = handClock();
  const times = [900, 300, 200, 250, 200];
  let next = 0;
  const samples = await TIMING_ENGINES.ordered(
    { mode: "sync", prepare: () => void pass(50), run: () => void pass(times[next++]) },
    { engine: "ordered", budgetNs: 0, minSamples: 5, minSampleNs: 0 },
    clock,
  );
  assert.deepEqual(samples, times);
});

test("the ordered engine stops before a sample that the budget does not hold", async () => {
  const { clock, pass } = handClock();
  const samples = await TIMING_ENGINES.ordered(
    { mode: "sync", prepare: () => {}, run: () => void pass(300) },
    { engine: "ordered", budgetNs: 1000, minSamples: 1, minSampleNs: 0 },
    clock,
  );
  assert.equal(samples.length, 3);
});

test("an engine awaits a kernel that answers with a promise", async () => {
  for (const engine of ["ordered", "mitata", "tinybench"] as const) {
    let running = 0;
    let overlapped = false;
    const run = async () => {
      running++;
      if (running > 1) overlapped = true;
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    };
    const samples = await TIMING_ENGINES[engine](
      { mode: "async", prepare: () => {}, run },
      sampling(engine, 10e6),
      monotonicNs,
    );
    assert.equal(overlapped, false, engine);
    assert.ok(samples.every((ns) => ns >= 1e6), `${engine}: ${samples[0]} ns`);
  }
});
