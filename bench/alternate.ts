/**
 * The CPU time of one implementation's epochs over another's, in one process: the two alternate, so that a busy machine
 * slows both. For a choice use `deno task bench`, which also counts waiting, caches and fresh processes.
 *
 * Run: deno run -A bench/alternate.ts wasm_sparse native_sparse [B …] [784-512-512-10]
 *
 * Where layers are given, an epoch has at most 6,000 examples.
 */
import process from "node:process";
import { resolveData } from "../src/data/resolve_data.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { createEpochRunner } from "../src/gradients/epochs.ts";
import { initialParameters } from "../src/model/initialise.ts";
import { writeParameters } from "../src/model/layout.ts";
import type { Network } from "../src/model/network.ts";
import { median } from "../src/stats/statistics.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 11);
const SEED = 1;
const [first, second, ...rest] = process.argv.slice(2);
const layers = rest.find((one) => one.includes("-"));
const batches = rest.filter((one) => one !== layers);
const NETWORK: Network = {
  layerSizes: (layers ?? "784-16-16-10").split("-").map(Number),
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

const { train: dataset } = await resolveData({
  environment: process.env,
  announce: (line) => console.error(line),
  allowDownload: false,
});
const examples = layers === undefined ? dataset.count : Math.min(dataset.count, 6000);

async function openRunner(name: string, batchSize: number) {
  const implementation = IMPLEMENTATIONS.find((one) => one.name === name);
  if (implementation === undefined) throw new Error(`Cannot find implementation "${name}"`);
  const problem = { network: NETWORK, dataset, maxBatchSize: batchSize, threads: 1 };
  const kernel = await implementation.open(problem);
  const start = initialParameters(NETWORK, "scaled-normal", SEED);
  writeParameters(start, NETWORK, kernel.layout, kernel.parameters);
  const options = { examples, batchSize, rate: 0.5, seed: SEED };
  return { kernel, runner: createEpochRunner(kernel, options) };
}

for (const batchSize of batches.length > 0 ? batches.map(Number) : [10, 32, 1000]) {
  const pair = [await openRunner(first, batchSize), await openRunner(second, batchSize)];
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const cpuMs = [0, 0];
    for (const i of round % 2 === 0 ? [1, 0] : [0, 1]) {
      await pair[i].runner.shuffle(round);
      const before = process.cpuUsage();
      await pair[i].runner.epoch();
      const { user, system } = process.cpuUsage(before);
      cpuMs[i] = (user + system) / 1000;
    }
    if (round > 1) ratios.push(cpuMs[0] / cpuMs[1]); // the first one compiles
  }
  const text = [median(ratios), Math.min(...ratios), Math.max(...ratios)]
    .map((ratio) => ratio.toFixed(2));
  console.log(`B = ${batchSize}: ${first} / ${second} ${text[0]} (from ${text[1]} to ${text[2]})`);
  for (const { kernel } of pair) await kernel[Symbol.asyncDispose]();
}
