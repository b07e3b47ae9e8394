import assert from "node:assert/strict";
import test from "node:test";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { initialParameters } from "../../model/initialise.ts";
import { readParameters, writeParameters } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import { availabilityOf } from "../availability.ts";
import type { SyncKernel } from "../contract.ts";
import { nativeSparse } from "./native_sparse.ts";

const NETWORK = networkOf([30, 20, 9, 5]);
const answer = await availabilityOf(nativeSparse);
const skip = answer.available ? false : answer.reason;

async function openWith(threads: number, maxBatchSize = 400): Promise<SyncKernel> {
  const kernel = await nativeSparse.open({ ...problemOf(NETWORK, 400, maxBatchSize), threads });
  assert.equal(kernel.mode, "sync");
  const initial = initialParameters(NETWORK, "scaled-normal", 1);
  writeParameters(initial, NETWORK, kernel.layout, kernel.parameters);
  return kernel as SyncKernel;
}

const rows = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, n) => from + n);

for (const threads of [2, 3]) {
  test(
    `${threads} threads compute the oracle's gradient, however the rows are split`,
    { skip },
    async () => {
      const kernel = await openWith(threads);
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

test("the same minibatch gives the same bits, whichever thread is first", { skip }, async () => {
  const kernel = await openWith(3);
  const first = kernel.lossAndGradient(rows(0, 400));
  const gradient = kernel.gradient.slice();
  for (let repetition = 0; repetition < 40; repetition++) {
    kernel.lossAndGradient(rows(5, 300));
    assert.equal(kernel.lossAndGradient(rows(0, 400)), first);
    assert.deepEqual(kernel.gradient.slice(), gradient);
  }
  await kernel[Symbol.asyncDispose]();
});

test("sleeping threads are woken by the next step", { skip }, async () => {
  const kernel = await openWith(2);
  const first = kernel.lossAndGradient(rows(0, 200));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(kernel.lossAndGradient(rows(0, 200)), first);
  await kernel[Symbol.asyncDispose]();
});

test("it says how many threads it uses: fewer for small minibatches", { skip }, async () => {
  const used = async (maxBatchSize: number, threads: number) => {
    const kernel = await openWith(threads, maxBatchSize);
    await kernel[Symbol.asyncDispose]();
    await kernel[Symbol.asyncDispose](); // closing twice is harmless
    return kernel.threadsUsed;
  };
  assert.equal(await used(10, 4), 1);
  assert.equal(await used(40, 4), 2);
  assert.equal(await used(400, 3), 3);
});

test("more pixels than an index can hold are refused with a hint", { skip }, async () => {
  const wide = problemOf(networkOf([65_537, 2, 2]), 2, 2);
  await assert.rejects(
    async () => await nativeSparse.open(wide),
    /65537 pixels, expected at most 65536; use wasm_simd/,
  );
});
