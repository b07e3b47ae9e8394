/** Honest kernels are accused of nothing, whatever the network: saturated ones, whose loss is nearly 0, too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../../src/base/random.ts";
import { verify } from "../../src/check/verify_kernel.ts";
import { availabilityOf } from "../../src/gradients/availability.ts";
import { fusedTyped } from "../../src/gradients/fused_typed/fused_typed.ts";
import { nativeDense } from "../../src/gradients/native/native_dense.ts";
import { nativeSparse } from "../../src/gradients/native/native_sparse.ts";
import { outerProduct } from "../../src/gradients/outer_product/outer_product.ts";
import { sparseTyped } from "../../src/gradients/sparse_typed/sparse_typed.ts";
import { wasmSimd } from "../../src/gradients/wasm_simd.ts";
import { wasmSparse } from "../../src/gradients/wasm_sparse.ts";
import { wasmThreads } from "../../src/gradients/wasm_threads/wasm_threads.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { HIDDEN_ACTIVATIONS, INITIALISATIONS, OUTPUT_LOSSES } from "../../src/model/network.ts";
import { networkOf, problemOf } from "../support/problems.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const PROBLEMS = 300;

/** One to four layers of 1 to 40 neurons; the greater scales saturate most neurons, or let relu networks diverge. */
function randomProblem(seed: number) {
  const random = randomFrom(seed, "random problem");
  const among = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)];
  const hidden = Array.from({ length: random.integer(4) }, () => 1 + random.integer(40));
  const network = networkOf(
    [1 + random.integer(90), ...hidden, 2 + random.integer(11)],
    among(HIDDEN_ACTIVATIONS),
    among(OUTPUT_LOSSES),
  );
  const problem = problemOf(network, 1 + random.integer(40), 1 + random.integer(24));
  const scale = among(network.hiddenActivation === "relu" ? [1, 4] : [1, 4, 30]);
  const initial = initialParameters(network, among(INITIALISATIONS), seed)
    .map((value) => Math.fround(scale * value));
  return { problem, scale, initial };
}

const KERNELS = [
  outerProduct,
  fusedTyped,
  sparseTyped,
  wasmSimd,
  wasmSparse,
  wasmThreads, // two threads where the minibatch has work for two
  nativeSparse,
  nativeDense,
];
const RIGHT = { float32: ["exact", "lower-precision"], float64: ["exact", "reordered"] };

for (const implementation of KERNELS) {
  const answer = await availabilityOf(implementation);
  for (const first of [0, 1_000, 2_000, 3_000]) {
    test(
      `${implementation.name} is right on ${PROBLEMS} random problems from seed ${first} on`,
      { ...SLOW, skip: skipFor(!answer.available && answer.reason) },
      async () => {
        const accused: unknown[] = [];
        for (let seed = first; seed < first + PROBLEMS; seed++) {
          const { problem, scale, initial } = randomProblem(seed);
          await using kernel = await implementation.open({ ...problem, threads: 2 });
          const result = await verify(kernel, implementation.precision, problem, initial, { seed });
          if (!RIGHT[implementation.precision].includes(result.verdict)) {
            accused.push({ seed, scale, network: problem.network, ...result });
          }
        }
        assert.deepEqual(accused, []);
      },
    );
  }
}
