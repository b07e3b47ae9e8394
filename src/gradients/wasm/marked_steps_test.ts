import assert from "node:assert/strict";
import test from "node:test";
import { initialParameters } from "../../model/initialise.ts";
import { readParameters, writeParameters } from "../../model/layout.ts";
import type { GradientImplementation, SyncKernel } from "../contract.ts";
import { wasmSparse } from "../wasm_sparse.ts";
import { wasmThreads } from "../wasm_threads/wasm_threads.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";

const RATE = 0.5;
/** Rows of weights of 64 and 128 bytes, and of 48, which are not marked. */
const NETWORKS = [[32, 16, 5], [40, 30, 5], [32, 12, 5]].map((sizes) => networkOf(sizes));

for (const [implementation, threads] of [[wasmSparse, 1], [wasmThreads, 2]] as const) {
  for (const network of NETWORKS) {
    const sizes = network.layerSizes.join("-");
    test(`${implementation.name} updates only rows that a minibatch touches, but all of these: ${sizes}`, async () => {
      await using stepping = await open(implementation, threads);
      await using other = await open(implementation, threads);
      for (let step = 0; step < 40; step++) {
        const batch = Uint32Array.from({ length: 1 + step % 16 }, (_, n) => (7 * step + n) % 60);
        // A gradient in between must neither see marks of a step nor leave any.
        if (step % 5 === 0) stepping.lossAndGradient(Uint32Array.of(step, step + 1));
        const loss = stepping.step!(batch, RATE);
        assert.equal(other.lossAndGradient(batch), loss);
        other.descend!(RATE);
        const [actual, expected] = [stepping, other].map(read);
        // A step on one thread adds each example to the weights, which rounds them each time.
        const allowed = threads === 1 ? (1 + batch.length) * 2 ** -24 : 0;
        actual.forEach((value, p) => {
          const most = allowed * Math.max(Math.abs(value), Math.abs(expected[p]), 0.1);
          assert.ok(Math.abs(value - expected[p]) <= most, `step ${step}, parameter ${p}`);
        });
        other.parameters.set(stepping.parameters);
      }
    });

    const open = async (implementation: GradientImplementation, threads: number) => {
      const problem = { ...problemOf(network, 60, 16), threads };
      const kernel = await implementation.open(problem) as SyncKernel;
      const start = initialParameters(network, "scaled-normal", 1);
      writeParameters(start, network, kernel.layout, kernel.parameters);
      return kernel;
    };
    const read = ({ parameters, layout }: SyncKernel) =>
      readParameters(parameters, layout, network);
  }
}
