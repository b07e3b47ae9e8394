import assert from "node:assert/strict";
import test from "node:test";
import { initialParameters } from "../../model/initialise.ts";
import { readParameters, writeParameters } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";
import { referenceGradient } from "../../model/reference.ts";
import type { Kernel, Problem, SyncKernel } from "../contract.ts";

import { IMPLEMENTATIONS } from "../all.ts";
import { wasmThreads } from "./wasm_threads.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";

const NETWORK = networkOf([30, 12, 9, 5]);

async function openWith(threads: number, problem: Problem): Promise<SyncKernel> {
  const kernel: Kernel = await wasmThreads.open({ ...problem, threads });
  assert.equal(kernel.mode, "sync");
  const initial = initialParameters(problem.network, "scaled-normal", 1);
  writeParameters(initial, problem.network, kernel.layout, kernel.parameters);
  return kernel as SyncKernel;
}

const rows = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, n) => from + n);

for (const threads of [2, 3]) {
  test(`${threads} threads compute the oracle's gradient, for minibatches split in every way`, async () => {
    const problem = problemOf(NETWORK, 400, 400);
    const kernel = await openWith(threads, problem);
    const parameters = readParameters(kernel.parameters, kernel.layout, NETWORK);
    // One thread, two, all of them; parts of different lengths.
    for (const batch of [rows(0, 20), rows(3, 104), rows(0, 400), rows(11, 200)]) {
      const loss = kernel.lossAndGradient(batch);
      const gradient = readParameters(kernel.gradient, kernel.layout, NETWORK);
      const expected = new Float64Array(parameters.length);
      const { dataset } = problem;
      const expectedLoss = referenceGradient(NETWORK, parameters, dataset, batch, expected);
      assert.ok(Math.abs(loss - expectedLoss) < 1e-5 * expectedLoss);
      const largest = Math.max(...expected.map(Math.abs));
      gradient.forEach((value, index) => {
        assert.ok(Math.abs(value - expected[index]) < 1e-5 * largest);
      });
    }
    await kernel[Symbol.asyncDispose]();
  });
}

test("The same minibatch gives the same bits every time, whichever thread is first", async () => {
  const problem = problemOf(NETWORK, 400, 400);
  const kernel = await openWith(3, problem);
  const first = kernel.lossAndGradient(rows(0, 400));
  const gradient = kernel.gradient.slice();
  for (let repetition = 0; repetition < 200; repetition++) {
    kernel.lossAndGradient(rows(5, 300));
    assert.equal(kernel.lossAndGradient(rows(0, 400)), first);
    assert.deepEqual(kernel.gradient.slice(), gradient);
  }
  await kernel[Symbol.asyncDispose]();
});

test("A large network's update is shared by the threads and equals the harness's", async () => {
  const network: Network = { ...NETWORK, layerSizes: [600, 512, 5] };
  const problem = problemOf(network, 120, 120);
  const kernel = await openWith(2, problem);
  kernel.lossAndGradient(rows(0, 120));
  const before = kernel.parameters.slice();
  const gradient = kernel.gradient.slice();
  kernel.descend?.(0.5);
  const wrong = kernel.parameters.findIndex((value, at) =>
    Math.abs(value - (before[at] - 0.5 * gradient[at])) > 1e-6
  );
  assert.equal(wrong, -1);
  assert.notDeepEqual(kernel.parameters.slice(), before);
  await kernel[Symbol.asyncDispose]();
});

test("It reports how many threads it uses: fewer for small minibatches", async () => {
  const used = async (maxBatchSize: number, threads: number, network = NETWORK) => {
    const kernel = await openWith(threads, problemOf(network, 400, maxBatchSize));
    await kernel[Symbol.asyncDispose]();
    return kernel.threadsUsed;
  };
  assert.equal(await used(15, 4), 1);
  assert.equal(await used(16, 4), 2);
  assert.equal(await used(400, 3), 3);
  assert.equal(await used(400, 3, networkOf([9, 5])), 2, "a section has four pixels");
});

test("With one thread it computes, bit for bit, what it declares to run", async () => {
  const problem = problemOf(NETWORK, 400, 10);
  const declared = IMPLEMENTATIONS.find(({ name }) => name === wasmThreads.withOneThread);
  const own = await openWith(1, problem);
  const other = await declared!.open({ ...problem, threads: 1 }) as SyncKernel;
  const start = initialParameters(NETWORK, "scaled-normal", 1);
  writeParameters(start, NETWORK, other.layout, other.parameters);
  const seen = [own, other].map((kernel) => {
    const losses = [];
    for (let step = 0; step < 40; step++) {
      losses.push(kernel.lossAndGradient(rows(10 * step, 10 * step + 10)));
      kernel.descend!(3);
    }
    return { losses, parameters: readParameters(kernel.parameters, kernel.layout, NETWORK) };
  });
  assert.deepEqual(seen[0], seen[1]);
  for (const kernel of [own, other]) await kernel[Symbol.asyncDispose]();
});

test("Sleeping workers are woken by the next step", async () => {
  const kernel = await openWith(2, problemOf(NETWORK, 200, 200));
  const first = kernel.lossAndGradient(rows(0, 200));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(kernel.lossAndGradient(rows(0, 200)), first);
  await kernel[Symbol.asyncDispose]();
});
