import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf, problemOf } from "../../tests/support/problems.ts";
import { monotonicNs } from "../base/clock.ts";
import { randomFrom } from "../base/random.ts";
import type { AsyncKernel } from "../gradients/contract.ts";
import { createEpochRunner } from "../gradients/epochs.ts";
import { canonicalLayout } from "../model/layout.ts";
import { minibatches } from "../model/order.ts";
import { referenceGradient } from "../model/reference.ts";
import { descend } from "../model/sgd.ts";
import { checkWholeStretch } from "./whole_stretch.ts";

const PROBLEM = problemOf(networkOf([12, 5, 10]), 60, 7);
const RATE = 0.5;

/** A kernel that runs its steps itself; `chosen` says which of those that it is asked for it does. */
function kernelThatDoes(chosen: (asked: readonly Uint32Array[]) => readonly Uint32Array[]) {
  const layout = canonicalLayout(PROBLEM.network);
  const [parameters, gradient] = [new Float64Array(layout.length), new Float64Array(layout.length)];
  let own = new Float64Array(layout.length);
  let batches: readonly Uint32Array[] = [];
  const kernel: AsyncKernel = {
    mode: "async",
    layout,
    parameters,
    gradient,
    lossAndGradient: () => Promise.resolve(0),
    push: () => Promise.resolve(void (own = parameters.slice())),
    pull: () => Promise.resolve(parameters.set(own)),
    epochs: {
      arrange: (order, size) => Promise.resolve(void (batches = minibatches(order.slice(), size))),
      run(first, end) {
        for (const batch of chosen(batches.slice(first, end))) {
          referenceGradient(PROBLEM.network, own, PROBLEM.dataset, batch, gradient);
          descend(own, gradient, RATE);
        }
        return Promise.resolve(0);
      },
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return kernel;
}

async function check(kernel: AsyncKernel) {
  const random = randomFrom(1, "whole stretch");
  const runner = createEpochRunner(kernel, { examples: 60, batchSize: 7, rate: RATE, seed: 1 });
  const start = async () => {
    kernel.parameters.forEach((_, p) => kernel.parameters[p] = Math.sin(p));
    await kernel.push?.();
    await runner.shuffle(1);
  };
  return await checkWholeStretch(
    {
      kernel,
      precision: "float64",
      problem: PROBLEM,
      runner,
      rate: RATE,
      clock: monotonicNs,
      random,
      foreignFault: () => undefined,
      isRightAgain: () => Promise.resolve(true),
    },
    start,
    8,
  );
}

test("a program that does every step leads to the same place in two parts", async () => {
  assert.equal(await check(kernelThatDoes((asked) => asked)), undefined);
});

test("one that does the last, the first or half of what it is asked for is caught", async () => {
  const ways: Parameters<typeof kernelThatDoes>[0][] = [
    (asked) => asked.slice(-1),
    (asked) => asked.slice(0, 1),
    (asked) => asked.slice(0, Math.ceil(asked.length / 2)),
    (asked) => asked.length === 8 ? [] : asked,
  ];
  for (const way of ways) {
    const fault = await check(kernelThatDoes(way));
    assert.ok(fault?.kind === "wrong-in-step" && fault.fault?.kind === "other-in-parts");
  }
});
