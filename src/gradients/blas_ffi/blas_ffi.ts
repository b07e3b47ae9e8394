import { hasRelaxedSimd } from "../../base/assembler/module.ts";
import type { Rows } from "../wasm/block.ts";
import { elementwise } from "./elementwise_module.ts";
import { type Blas, BLAS_PATHS, type Matrix, openBlas, PLAIN, TRANSPOSED } from "./open_blas.ts";
import { planMemory } from "./buffer_plan.ts";
import type { GradientImplementation, Problem, SyncKernel } from "../contract.ts";
import { Arena } from "../wasm/arena.ts";
import { writeLabels, writePixels } from "../wasm/memory_plan.ts";
import { layerShapes } from "../../model/network.ts";

/**
 * Examples that go through the layers as one matrix. The gradients of a longer minibatch's chunks add up:
 * larger products are no faster, and small matrices save memory.
 */
const CHUNK = 1024;

/**
 * Multiplications in the largest product that pay for a thread. With fewer, threads gain at most 13 % and cost more than
 * that in a fresh process, where it takes some 20 ms until each has a core (784-w-10, w from 16 to 128, B from 8 to 512).
 */
const WORK_OF_A_THREAD = 1.6e6;

/**
 * Backpropagation in matrices, one row per example, with the system's BLAS.
 *
 *   Z (B, out) = A (B, in) · W (in, out) + b                  A⁺ = f(Z)
 *   dLoss/dW (in, out) = Aᵀ (in, B) · Δ (B, out)              Δ includes the 1 / B of the mean
 *   Δ⁻ (B, in) = Δ (B, out) · Wᵀ (out, in) ⊙ f′(Z⁻)
 *
 * All matrices lie in one WebAssembly memory, which native code reads and writes in place. WebAssembly does
 * the rest on the same memory: gathering, activations, biases, loss and update. Rows are padded to whole
 * vectors; the products leave out the padding.
 */
export const blasFfi: GradientImplementation = {
  name: "blas_ffi",
  summary: "the whole minibatch as matrices: sgemm of the system's OpenBLAS (or Accelerate)",
  precision: "float32",
  needs: ["ffi", "threads"],
  libraries: BLAS_PATHS,
  backEnd: "blas",

  async probe() {
    const blas = await openBlas();
    return "unavailable" in blas
      ? { available: false, reason: blas.unavailable }
      : { available: true, version: blas.version };
  },

  async open(problem) {
    const blas = await openBlas();
    if ("unavailable" in blas) throw new Error(`Cannot open a BLAS: ${blas.unavailable}`);
    return openKernel(problem, blas);
  },
};

/** At most those of the problem. A short minibatch's products are too small for many. */
function threadsWorthwhile({ network, threads }: Problem, chunk: number): number {
  const most = Math.max(...layerShapes(network).map(({ inputs, outputs }) => inputs * outputs));
  return Math.min(threads, Math.max(1, Math.floor(most * chunk / WORK_OF_A_THREAD)));
}

function openKernel(problem: Problem, blas: Blas): SyncKernel {
  const { network, dataset, maxBatchSize } = problem;
  const arena = new Arena();
  const chunk = Math.min(maxBatchSize, CHUNK);
  const plan = planMemory(network, dataset, maxBatchSize, chunk, arena);
  const { pages } = arena;
  // The memory must never grow: native code holds addresses into it.
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  writePixels(dataset, plan.pixels, memory.buffer);
  writeLabels(dataset, plan, memory.buffer);
  const between = elementwise(plan, memory, { pages, relaxed: hasRelaxedSimd() });
  const threadsUsed = blas.setThreads(threadsWorthwhile(problem, chunk));

  const { layout } = plan;
  const last = layout.layers.length - 1;
  const matrix = ({ address, strideBytes }: Rows, rows: number): Matrix => ({
    data: blas.buffer(new Uint8Array(memory.buffer, address, strideBytes * rows)),
    stride: strideBytes / 4,
  });
  const activations = plan.activations.map((rows) => matrix(rows, chunk));
  const deltas = plan.deltas.map((rows) => matrix(rows, chunk));
  // The matrices of each layer, as the formulas above name them.
  const layers = layout.layers.map(({ inputs, outputs, width, weightOffset }, l) => {
    const inLayout = (array: number) =>
      matrix({ address: array + 4 * weightOffset, strideBytes: 4 * width }, inputs);
    return {
      inputs,
      outputs,
      input: activations[l],
      // A hidden layer's Z and A are written where the next layer reads its input.
      output: l === last ? deltas[l] : activations[l + 1],
      delta: deltas[l],
      weights: inLayout(plan.parameters),
      weightGradient: inLayout(plan.gradient),
      between: between.layers[l],
    };
  });

  const { product } = blas;
  const forward = (count: number): void => {
    for (let l = 0; l <= last; l++) {
      const { inputs, outputs, input, output, weights, between } = layers[l];
      between.startSums(count);
      product(PLAIN, PLAIN, count, outputs, inputs, input, weights, 1, output);
      if (l < last) between.activate(count);
    }
  };

  /** The first chunk overwrites the gradient, the others add to it. */
  const backward = (count: number, isFirst: boolean): void => {
    for (let l = last; l >= 0; l--) {
      const { inputs, outputs, input, delta, weights, weightGradient, between } = layers[l];
      if (isFirst) between.clearBiases();
      between.addBiases(count);
      const beta = isFirst ? 0 : 1;
      product(TRANSPOSED, PLAIN, inputs, outputs, count, input, delta, beta, weightGradient);
      if (l === 0) continue; // the pixels need no gradient
      const below = layers[l - 1];
      product(PLAIN, TRANSPOSED, count, inputs, outputs, delta, weights, 0, below.delta);
      below.between.multiplySlopes(count);
    }
  };

  const rows = new Uint32Array(memory.buffer, plan.batch, maxBatchSize);
  return {
    mode: "sync",
    layout,
    parameters: new Float32Array(memory.buffer, plan.parameters, layout.length),
    gradient: new Float32Array(memory.buffer, plan.gradient, layout.length),
    ...(threadsUsed !== undefined && { threadsUsed }),

    lossAndGradient(batch, phases) {
      rows.set(batch);
      const scale = 1 / batch.length;
      let lossSum = 0;
      for (let from = 0; from < batch.length; from += chunk) {
        const count = Math.min(chunk, batch.length - from);
        phases?.("gather");
        between.gather(from, count);
        phases?.("forward");
        forward(count);
        phases?.("loss");
        lossSum += between.loss(from, count, scale);
        phases?.("backward + accumulate");
        backward(count, from === 0);
      }
      return lossSum * scale;
    },

    descend: (rate) => between.descend(0, 4 * layout.length, rate),

    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
