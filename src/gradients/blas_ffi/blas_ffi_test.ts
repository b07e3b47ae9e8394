import assert from "node:assert/strict";
import test from "node:test";
import { availableCores } from "../../machine/host.ts";
import { availabilityOf } from "../availability.ts";
import { blasFfi } from "./blas_ffi.ts";
import { skipFor } from "../../../tests/support/skips.ts";

import { networkOf, problemOf } from "../../../tests/support/problems.ts";

const answer = await availabilityOf(blasFfi);
const skip = skipFor(!answer.available && `blas_ffi: ${answer.reason}`);

const NETWORK = networkOf([20, 6, 3]);

test("blas_ffi says which BLAS it found", { skip }, () => {
  assert.ok(answer.available);
  assert.match(answer.version ?? "", /^(OpenBLAS \d+\.\d+|Accelerate)/);
});

test(
  "blas_ffi uses the threads that it is given where products are large, else one",
  { skip },
  async (t) => {
    const threads = Math.min(2, availableCores());
    const open = (layerSizes: number[], maxBatchSize: number) =>
      blasFfi.open({ ...problemOf(networkOf(layerSizes), 10, maxBatchSize), threads });
    const { threadsUsed } = await open([784, 64, 10], 100); // 5 million multiplications
    if (threadsUsed === undefined) return t.skip(skipFor("Accelerate does not tell"));
    assert.equal(threadsUsed, threads);
    assert.equal((await open([784, 64, 10], 20)).threadsUsed, 1);
    assert.equal(
      (await open([784, 64, 10], 100)).threadsUsed,
      threads,
      "again after a smaller one",
    );
  },
);

test(
  "blas_ffi adds up the gradients of chunks: one row repeated over several chunks gives its gradient",
  {
    skip,
  },
  async () => {
    const rows = 2500; // two whole chunks and a remainder
    const problem = problemOf(NETWORK, 5, rows);
    const kernel = await blasFfi.open(problem);
    kernel.parameters.forEach((_, p) => kernel.parameters[p] = Math.sin(p));
    const lossOfOne = await kernel.lossAndGradient(Uint32Array.of(3));
    const one = kernel.gradient.slice();
    const loss = await kernel.lossAndGradient(new Uint32Array(rows).fill(3));
    assert.ok(Math.abs(loss - lossOfOne) < 1e-5 * lossOfOne);
    for (const [p, value] of one.entries()) {
      assert.ok(
        Math.abs(kernel.gradient[p] - value) <= 1e-4 * Math.abs(value) + 1e-9,
        `element ${p}`,
      );
    }
  },
);
