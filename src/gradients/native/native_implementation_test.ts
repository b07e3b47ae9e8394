import assert from "node:assert/strict";
import test from "node:test";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import type { Dataset } from "../../data/dataset.ts";
import { verify } from "../../check/verify_kernel.ts";
import { initialParameters } from "../../model/initialise.ts";
import { readParameters, writeParameters } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import { availabilityOf } from "../availability.ts";
import type { GradientImplementation, SyncKernel } from "../contract.ts";
import { nativeDense } from "./native_dense.ts";
import { nativeImplementation } from "./native_implementation.ts";
import { nativeSparse } from "./native_sparse.ts";
import { skipFor } from "../../../tests/support/skips.ts";

const NETWORK = networkOf([30, 20, 9, 5]);
/** Not a multiple of any tile, wider and deeper than a block of panels. */
const WIDE = networkOf([800, 291, 70, 11], "tanh", "softmax-cross-entropy");
const answer = await availabilityOf(nativeSparse);
const skip = skipFor(!answer.available && answer.reason);

async function openWith(
  implementation: GradientImplementation,
  threads: number,
  maxBatchSize = 400,
  network = NETWORK,
): Promise<SyncKernel> {
  const kernel = await implementation.open({
    ...problemOf(network, 400, maxBatchSize),
    threads,
  });
  assert.equal(kernel.mode, "sync");
  const initial = initialParameters(network, "scaled-normal", 1);
  writeParameters(initial, network, kernel.layout, kernel.parameters);
  return kernel as SyncKernel;
}

/** The same examples, their pixels all other than 0. */
const withoutZeros = (dataset: Dataset): Dataset => ({
  ...dataset,
  pixels: dataset.pixels.map((value, index) => value || 1 + index % 255),
});

const rows = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, n) => from + n);

/** Whether sharing short minibatches pays is measured when a kernel is opened, so that other tests may not see it. */
const sharing = nativeImplementation({
  name: "native_sparse that always shares",
  summary: "",
  source: "sparse.c",
  skipsZeroPixels: true,
  readsPieces: true,
  usesAllThreads: true,
});

for (const implementation of [nativeSparse, sharing, nativeDense]) {
  const { name } = implementation;
  for (const threads of [2, 3]) {
    test(
      `${name}: ${threads} threads compute the oracle's gradient, however the rows are split`,
      { skip },
      async () => {
        const kernel = await openWith(implementation, threads);
        const { dataset } = problemOf(NETWORK, 400, 400);
        const parameters = readParameters(kernel.parameters, kernel.layout, NETWORK);
        for (const batch of [rows(0, 10), rows(3, 48), rows(0, 400), rows(11, 200)]) {
          const loss = kernel.lossAndGradient(batch);
          const gradient = readParameters(kernel.gradient, kernel.layout, NETWORK);
          const expected = new Float64Array(parameters.length);
          const expectedLoss = referenceGradient(NETWORK, parameters, dataset, batch, expected);
          assert.ok(Math.abs(loss - expectedLoss) < 1e-5 * expectedLoss);
          const largest = Math.max(...expected.map(Math.abs));
          gradient.forEach((value, index) => {
            assert.ok(Math.abs(value - expected[index]) < 1e-5 * largest);
          });
        }
        await kernel[Symbol.asyncDispose]();
      },
    );
  }

  test(
    `${name}: the same minibatch gives the same bits, whichever thread is first`,
    { skip },
    async () => {
      const kernel = await openWith(implementation, 3);
      const first = kernel.lossAndGradient(rows(0, 400));
      const gradient = kernel.gradient.slice();
      for (let repetition = 0; repetition < 40; repetition++) {
        kernel.lossAndGradient(rows(5, 300));
        assert.equal(kernel.lossAndGradient(rows(0, 400)), first);
        assert.deepEqual(kernel.gradient.slice(), gradient);
      }
      await kernel[Symbol.asyncDispose]();
    },
  );

  test(`${name}: sleeping threads are woken by the next step`, { skip }, async () => {
    const kernel = await openWith(implementation, 2);
    const first = kernel.lossAndGradient(rows(0, 200));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(kernel.lossAndGradient(rows(0, 200)), first);
    await kernel[Symbol.asyncDispose]();
  });

  test(
    `${name}: it says how many threads it uses: fewer for small minibatches`,
    { skip },
    async () => {
      const used = async (maxBatchSize: number, threads: number) => {
        const kernel = await openWith(implementation, threads, maxBatchSize);
        await kernel[Symbol.asyncDispose]();
        await kernel[Symbol.asyncDispose](); // closing twice is harmless
        return kernel.threadsUsed;
      };
      assert.equal(await used(3, 4), 1);
      if (implementation === nativeSparse) assert.match(String(await used(10, 4)), /^[12]$/);
      else assert.equal(await used(10, 4), implementation === sharing ? 2 : 1);
      if (implementation !== nativeSparse) {
        assert.equal(await used(40, 4), implementation === sharing ? 4 : 2);
      }
      assert.equal(await used(400, 3), 3);
    },
  );
}

test(
  "native_dense agrees with the oracle beyond its blocks, and so does its step, whether pixels are 0 or not",
  { skip },
  async () => {
    const sparse = problemOf(WIDE, 400, 400);
    const dense = { ...sparse, dataset: withoutZeros(sparse.dataset) };
    for (const problem of [{ ...sparse, threads: 1 }, { ...dense, threads: 3 }]) {
      const kernel = await nativeDense.open(problem) as SyncKernel;
      const initial = initialParameters(WIDE, "scaled-normal", 1);
      const result = await verify(kernel, "float32", problem, initial, { everyPointRows: 10 });
      assert.equal(result.verdict, "lower-precision", JSON.stringify(result));
      await kernel[Symbol.asyncDispose]();
    }
  },
);

for (const implementation of [nativeSparse, sharing, nativeDense]) {
  const { name } = implementation;
  test(
    `${name} adds up the chunks of a long minibatch, in a gradient and in a step`,
    { skip },
    async () => {
      const sparse = problemOf(NETWORK, 30, 2500);
      for (const dataset of [sparse.dataset, withoutZeros(sparse.dataset)]) {
        const kernel = await implementation.open({ ...sparse, dataset, threads: 2 }) as SyncKernel;
        kernel.parameters.forEach((_, p) => kernel.parameters[p] = Math.sin(p));
        const lossOfOne = kernel.lossAndGradient(Uint32Array.of(3));
        const one = readParameters(kernel.gradient, kernel.layout, NETWORK);
        const before = readParameters(kernel.parameters, kernel.layout, NETWORK);
        const rows = new Uint32Array(2500).fill(3); // no multiple of a chunk
        assert.ok(Math.abs(kernel.lossAndGradient(rows) - lossOfOne) < 1e-5 * lossOfOne);
        const many = readParameters(kernel.gradient, kernel.layout, NETWORK);
        assert.ok(Math.abs(kernel.step!(rows, 1) - lossOfOne) < 1e-5 * lossOfOne);
        const after = readParameters(kernel.parameters, kernel.layout, NETWORK);
        one.forEach((expected, index) => {
          const allowed = 1e-4 * Math.abs(expected) + 1e-6;
          assert.ok(Math.abs(many[index] - expected) <= allowed, `element ${index}`);
          assert.ok(Math.abs(before[index] - after[index] - expected) <= allowed, `step ${index}`);
        });
        await kernel[Symbol.asyncDispose]();
      }
    },
  );
}

test(
  "threads share images of any number of pixels, in gradients and steps of any length",
  { skip },
  async () => {
    const threads = 3;
    for (const pixels of [5, 23]) {
      for (const rows of [12, 60]) {
        const network = networkOf([pixels, 20, 5]);
        const problem = { ...problemOf(network, 80, rows), threads };
        const kernel = await sharing.open(problem);
        const initial = initialParameters(network, "scaled-normal", 1);
        const result = await verify(kernel, "float32", problem, initial);
        assert.equal(result.verdict, "lower-precision", JSON.stringify({ pixels, rows, result }));
        await kernel[Symbol.asyncDispose]();
      }
    }
  },
);

test("more pixels than an index can hold are refused with a hint", { skip }, async () => {
  const wide = problemOf(networkOf([65_537, 2, 2]), 2, 2);
  await assert.rejects(
    async () => await nativeSparse.open(wide),
    /65537 pixels, expected at most 65536; use native_dense/,
  );
});

test(
  "native code reads small arrays where they lie after their buffers were asked for",
  { skip },
  async () => {
    const problem = problemOf(networkOf([16, 4]), 3, 3);
    const { pixels } = problem.dataset;
    pixels.fill(100); // pixels that are mostly 0 would be listed in an array of its own
    const kernel = await nativeDense.open(problem) as SyncKernel;
    kernel.parameters.fill(0.5);
    assert.equal(pixels.buffer.byteLength, 48); // Bun moves the array now, unless it did before
    const before = kernel.lossAndGradient(rows(0, 3));
    pixels.fill(0);
    assert.notEqual(kernel.lossAndGradient(rows(0, 3)), before);
    await kernel[Symbol.asyncDispose]();
  },
);
