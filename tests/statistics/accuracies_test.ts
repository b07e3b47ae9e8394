/** Every implementation learns the same: rounding errors grow in training, but not into the accuracy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../src/data/assemble.ts";
import { loadSet } from "../../src/data/files/load_set.ts";
import { balancedOrder, takeSubset } from "../../src/data/subset.ts";
import { createEpochRunner } from "../../src/gradients/epochs.ts";
import type { GradientImplementation } from "../../src/gradients/contract.ts";
import { createEvaluator } from "../../src/model/evaluate.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { readParameters, writeParameters } from "../../src/model/layout.ts";
import { mean } from "../../src/stats/statistics.ts";
import { candidates } from "../support/available_implementations.ts";
import { mnistDirectory, skipWithoutMnist } from "../support/mnist.ts";
import { networkOf } from "../support/problems.ts";
import { SLOW } from "../support/slow.ts";

const NETWORK = networkOf([784, 16, 16, 10]);
const SEEDS = [1, 2, 3];
const EPOCHS = 3;
const EXAMPLES = 6000;
/** Large enough for two threads. */
const BATCH_SIZE = 32;
const RATE = 3;
const MOST_APART = 0.005;

test(
  "accuracies over three seeds agree within half a point",
  { ...SLOW, skip: skipWithoutMnist },
  async () => {
    const { train, test } = assemble(loadSet(mnistDirectory()!));
    const evaluate = createEvaluator(NETWORK, test);

    const accuracy = async (implementation: GradientImplementation, seed: number) => {
      const dataset = takeSubset(train, balancedOrder(train.labels, 10, seed), EXAMPLES);
      const problem = { network: NETWORK, dataset, maxBatchSize: BATCH_SIZE, threads: 2 };
      await using kernel = await implementation.open(problem);
      const start = initialParameters(NETWORK, "scaled-normal", seed);
      writeParameters(start, NETWORK, kernel.layout, kernel.parameters);
      if (kernel.mode === "async") await kernel.push?.();
      const runner = createEpochRunner(kernel, {
        examples: EXAMPLES,
        batchSize: BATCH_SIZE,
        rate: RATE,
        seed,
      });
      for (let epoch = 1; epoch <= EPOCHS; epoch++) {
        await runner.shuffle(epoch);
        await runner.epoch();
      }
      if (kernel.mode === "async") await kernel.pull?.();
      const trained = readParameters(kernel.parameters, kernel.layout, NETWORK);
      return evaluate(trained).accuracy;
    };

    const accuracies: Record<string, number> = {};
    for (const { implementation, skip } of await candidates()) {
      if (skip) continue;
      const ofSeeds = [];
      for (const seed of SEEDS) ofSeeds.push(await accuracy(implementation, seed));
      accuracies[implementation.name] = mean(ofSeeds);
    }
    const all = Object.values(accuracies);
    assert.ok(all.length >= 5 && Math.min(...all) > 0.8, JSON.stringify(accuracies));
    assert.ok(Math.max(...all) - Math.min(...all) <= MOST_APART, JSON.stringify(accuracies));
  },
);
