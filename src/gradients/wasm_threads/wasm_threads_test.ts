import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../../base/random.ts";
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

/** Whether gradients and steps are the oracle's, again and again: a wrong line is seen only if its thread is last. */
function checkAgain(kernel: SyncKernel, { network, dataset }: Problem, batch: Uint32Array) {
  const parameters = readParameters(kernel.parameters, kernel.layout, network);
  const expected = new Float64Array(parameters.length);
  referenceGradient(network, parameters, dataset, batch, expected);
  const largest = Math.max(...expected.map(Math.abs));
  for (let again = 0; again < 30; again++) {
    kernel.lossAndGradient(batch);
    const gradient = readParameters(kernel.gradient, kernel.layout, network);
    writeParameters(parameters, network, kernel.layout, kernel.parameters);
    kernel.step!(batch, 1);
    const after = readParameters(kernel.parameters, kernel.layout, network);
    writeParameters(parameters, network, kernel.layout, kernel.parameters);
    expected.forEach((value, p) => {
      assert.ok(
        Math.abs(gradient[p] - value) < 1e-5 * largest,
        `gradient ${p}`,
      );
      assert.ok(Math.abs(parameters[p] - after[p] - value) < 1e-4 * largest + 1e-6, `step ${p}`);
    });
  }
}

/** `problemOf`, with pixels by row and number. */
function problemWith(
  network: Network,
  count: number,
  pixelAt: (row: number, pixel: number) => number,
): Problem {
  const problem = problemOf(network, count, count);
  const { features } = problem.dataset;
  const pixels = problem.dataset.pixels.map((_, at) =>
    pixelAt(Math.floor(at / features), at % features)
  );
  return { ...problem, dataset: { ...problem.dataset, pixels } };
}

test("A thread that gets no pixels leaves the biases alone", async () => {
  const problems: [threads: number, Problem][] = [
    // The only pixel that is ever on is the last.
    [2, problemWith(networkOf([9, 10, 3]), 64, (_, pixel) => pixel === 8 ? 200 : 0)],
    // Two of twelve categories, then two numbers.
    [
      3,
      problemWith(
        networkOf([14, 10, 3]),
        64,
        (row, pixel) => pixel >= 12 || pixel === row % 6 || pixel === 6 + row % 5 ? 150 : 0,
      ),
    ],
  ];
  for (const [threads, problem] of problems) {
    const kernel = await openWith(threads, problem);
    assert.equal(kernel.threadsUsed, threads);
    checkAgain(kernel, problem, rows(0, 64));
    await kernel[Symbol.asyncDispose]();
  }
});

test("Few pixels, however they are spread over threads, give the oracle's gradient", async () => {
  const random = randomFrom(5, "few pixels");
  for (let trial = 0; trial < 12; trial++) {
    const threads = 2 + random.integer(3);
    const features = 4 * threads + random.integer(12);
    const network = networkOf([features, 1 + random.integer(20), 3]);
    const share = Float64Array.from({ length: features }, () => random.uniform() ** 3);
    const problem = problemWith(
      network,
      64,
      (_, pixel) => random.uniform() < share[pixel] ? 1 + random.integer(255) : 0,
    );
    const kernel = await openWith(threads, problem);
    checkAgain(kernel, problem, rows(0, 64));
    await kernel[Symbol.asyncDispose]();
  }
});

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
