import assert from "node:assert/strict";
import test from "node:test";
import { mnistDirectory, skipWithoutMnist } from "../../tests/support/mnist.ts";
import type { Dataset } from "../data/dataset.ts";
import { assemble } from "../data/assemble.ts";
import { loadSet } from "../data/files/load_set.ts";
import { balancedOrder, takeSubset } from "../data/subset.ts";
import { createEvaluator } from "../model/evaluate.ts";
import { epochOrder, minibatches } from "../model/order.ts";
import { readParameters } from "../model/layout.ts";
import { descend } from "../model/sgd.ts";
import { IMPLEMENTATIONS } from "./all.ts";
import type { GradientImplementation } from "./contract.ts";
import { candidates } from "../../tests/support/available_implementations.ts";
import { openAtStart } from "../../tests/support/conformance.ts";
import { networkOf } from "../../tests/support/problems.ts";

const NETWORK = networkOf([784, 16, 16, 10]);
const BATCH_SIZE = 10;
const RATE = 3;

let loaded: { train: Dataset; test: Dataset } | undefined;

/** The first `examples` of a class-balanced permutation of the training set, and the test set. */
function mnist(examples: number): { train: Dataset; test: Dataset } {
  loaded ??= assemble(loadSet(mnistDirectory()!));
  const { train, test } = loaded;
  return { train: takeSubset(train, balancedOrder(train.labels, 10, 1), examples), test };
}

/** The loss of every step and the test accuracy after every epoch, from the seeded start. */
async function trainOn(
  implementation: GradientImplementation,
  { train, test }: { train: Dataset; test: Dataset },
  epochs: number,
): Promise<{ losses: number[]; accuracies: number[] }> {
  const problem = { network: NETWORK, dataset: train, maxBatchSize: BATCH_SIZE, threads: 1 };
  const { kernel } = await openAtStart(implementation, problem);
  const evaluate = createEvaluator(NETWORK, test);
  const losses: number[] = [];
  const accuracies: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const batch of minibatches(epochOrder(train.count, 1, epoch), BATCH_SIZE)) {
      losses.push(await kernel.lossAndGradient(batch));
      if (kernel.descend) await kernel.descend(RATE);
      else descend(kernel.parameters, kernel.gradient, RATE);
    }
    if (kernel.mode === "async") await kernel.pull?.();
    accuracies.push(evaluate(readParameters(kernel.parameters, kernel.layout, NETWORK)).accuracy);
  }
  await kernel[Symbol.asyncDispose]();
  return { losses, accuracies };
}

// Training is chaotic: rounding errors grow with each step, so only the first steps are compared.
const all = await candidates();
for (const { implementation, skip } of all) {
  const tolerance = implementation.precision === "float64" ? 1e-9 : 1e-3;
  test(
    `${implementation.name} has the step losses of ${
      IMPLEMENTATIONS[0].name
    } to ${tolerance} over 200 steps on MNIST`,
    { skip: skip || skipWithoutMnist },
    async () => {
      const data = mnist(2000);
      const expected = (await trainOn(IMPLEMENTATIONS[0], data, 1)).losses;
      const { losses } = await trainOn(implementation, data, 1);
      assert.equal(losses.length, 200);
      for (const [step, loss] of losses.entries()) {
        const error = Math.abs(loss / expected[step] - 1);
        assert.ok(error <= tolerance, `step ${step + 1}: ${loss}, expected ${expected[step]}`);
      }
    },
  );
}

test(
  "at 1,000 examples every implementation has the same accuracy after every epoch",
  { skip: skipWithoutMnist },
  async () => {
    const data = mnist(1000);
    const trained = [];
    for (const { implementation } of all.filter(({ skip }) => !skip)) {
      trained.push((await trainOn(implementation, data, 4)).accuracies);
    }
    for (const accuracies of trained) assert.deepEqual(accuracies, trained[0]);
    assert.ok(trained[0][3] > 0.5, `it does not learn: ${trained[0]}`);
  },
);
