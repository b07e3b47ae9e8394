import { activate, activationSlope, outputLossAndDelta } from "../../model/activation.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { GradientImplementation, SyncKernel } from "../contract.ts";
import { addProduct, addScalarProducts, rowMajor, transpose } from "./multiply.ts";

/**
 * Examples processed together; the gradients of a longer minibatch's chunks add up. So a full-batch step needs
 * no more memory and stays in the level 2 cache (64 × 784 float64 are 401 kB).
 */
const CHUNK = 64;

/**
 * Backpropagation in matrices, one row per example: the sum of outer products over the minibatch is one matrix
 * product. All buffers are allocated in `open`.
 *
 *   Zˡ (B, out) = Aˡ⁻¹ (B, in) · Wˡᵀ (in, out) + bˡ          Aˡ = f(Zˡ)
 *   Δˡ (B, out) = Δˡ⁺¹ (B, out⁺) · Wˡ⁺¹ (out⁺, out) ⊙ f′(Zˡ)
 *   dLoss/dWˡ (out, in) = Δˡᵀ (out, B) · Aˡ⁻¹ (B, in) / B
 */
export const outerProduct: GradientImplementation = {
  name: "outer_product",
  summary: "the whole minibatch as matrices: each weight gradient is one product ΔᵀA",
  precision: "float64",
  backEnd: "javascript",

  open({ network, dataset, maxBatchSize }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { features, classes, pixels, labels } = dataset;
    const layout = canonicalLayout(network);
    const parameters = new Float64Array(layout.length);
    const gradient = new Float64Array(layout.length);
    const rows = Math.min(maxBatchSize, CHUNK);
    const last = layout.layers.length - 1;
    const matrix = (columns: number) => rowMajor(new Float64Array(rows * columns), rows, columns);

    /** [l] (rows, layerSizes[l]) what enters layer l; written by gather and forward. */
    const activations = layerSizes.slice(0, -1).map(matrix);
    /** [l] (rows, outputs of layer l) Δ; in the output layer Z until the loss overwrites it. */
    const deltas = layerSizes.slice(1).map(matrix);

    // The matrices of each layer, as the formulas above name them.
    const layers = layout.layers.map(({ inputs, outputs, weightOffset, biasOffset }, l) => ({
      inputs,
      outputs,
      input: activations[l],
      // A hidden layer's Z and A are written where the next layer reads its input.
      output: l === last ? deltas[l] : activations[l + 1],
      delta: deltas[l],
      /** (outputs, rows) Δᵀ, whose rows the product ΔᵀA reads; written by accumulate. */
      deltaTransposed: rowMajor(new Float64Array(outputs * rows), outputs, rows),
      weights: rowMajor(parameters, outputs, inputs, weightOffset),
      biases: parameters.subarray(biasOffset, biasOffset + outputs),
      weightGradient: rowMajor(gradient, outputs, inputs, weightOffset),
      biasGradient: gradient.subarray(biasOffset, biasOffset + outputs),
    }));

    /** Writes the pixels of `count` examples to the first layer's input. */
    const gather = (batch: Uint32Array, start: number, count: number): void => {
      for (let n = 0; n < count; n++) {
        readPixels(pixels, batch[start + n] * features, activations[0][n]);
      }
    };

    const forward = (count: number): void => {
      for (let l = 0; l <= last; l++) {
        const { inputs, outputs, input, output, weights, biases } = layers[l];
        for (let n = 0; n < count; n++) output[n].set(biases);
        addScalarProducts(input, weights, output, count, inputs, outputs);
        if (l === last) continue;
        for (let n = 0; n < count; n++) {
          const a = output[n];
          for (let o = 0; o < outputs; o++) a[o] = activate(hiddenActivation, a[o]);
        }
      }
    };

    /** Turns Z of the output layer into dLoss/dZ / B, so that sums are means. Returns Σ loss. */
    const loss = (batch: Uint32Array, start: number, count: number): number => {
      let sum = 0;
      for (let n = 0; n < count; n++) {
        const delta = deltas[last][n];
        sum += outputLossAndDelta(outputLoss, delta, 0, classes, labels[batch[start + n]]);
        for (let k = 0; k < classes; k++) delta[k] /= batch.length;
      }
      return sum;
    };

    const backward = (count: number): void => {
      for (let l = last; l > 0; l--) {
        const { inputs, outputs, delta, weights, input } = layers[l];
        const below = layers[l - 1].delta;
        for (let n = 0; n < count; n++) below[n].fill(0);
        addProduct(delta, weights, below, count, outputs, inputs);
        for (let n = 0; n < count; n++) {
          const d = below[n], a = input[n];
          for (let i = 0; i < inputs; i++) d[i] *= activationSlope(hiddenActivation, a[i]);
        }
      }
    };

    const accumulate = (count: number): void => {
      for (const layer of layers) {
        const { inputs, outputs, input, delta, deltaTransposed, biasGradient } = layer;
        transpose(delta, deltaTransposed, count, outputs);
        addProduct(deltaTransposed, input, layer.weightGradient, outputs, count, inputs);
        for (let n = 0; n < count; n++) {
          const d = delta[n];
          for (let o = 0; o < outputs; o++) biasGradient[o] += d[o];
        }
      }
    };

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        phases?.("accumulate");
        gradient.fill(0);
        let lossSum = 0;
        for (let start = 0; start < batch.length; start += CHUNK) {
          const count = Math.min(CHUNK, batch.length - start);
          phases?.("gather");
          gather(batch, start, count);
          phases?.("forward");
          forward(count);
          phases?.("loss");
          lossSum += loss(batch, start, count);
          phases?.("backward");
          backward(count);
          phases?.("accumulate");
          accumulate(count);
        }
        return lossSum / batch.length;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** x (features) = pixels / 255 */
function readPixels(pixels: Uint8Array, start: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = pixels[start + i] / 255;
}
