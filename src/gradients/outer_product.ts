import { activate, activationSlope, outputLossAndDelta } from "../model/activation.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { GradientImplementation, SyncKernel } from "./contract.ts";
import { type Matrix, multiplyAdd, rowMajor, transpose } from "./outer_product/multiply.ts";

/**
 * Examples of a minibatch that are worked on together. A longer minibatch is cut into chunks whose
 * gradients add up, so that a full-batch step needs no more memory, and stays in the level 2 cache
 * (64 × 784 float64 are 401 kB).
 */
const CHUNK = 64;

/**
 * Backpropagation in matrices: a row for each example, so that the sum of outer products over the
 * minibatch is one matrix product.
 *
 *   Zˡ (B, out) = Aˡ⁻¹ (B, in) · Wˡᵀ (in, out) + bˡ          Aˡ = f(Zˡ)
 *   Δˡ (B, out) = Δˡ⁺¹ (B, out⁺) · Wˡ⁺¹ (out⁺, out) ⊙ f′(Zˡ)
 *   dLoss/dWˡ (out, in) = Δˡᵀ (out, B) · Aˡ⁻¹ (B, in) / B
 *
 * Every buffer is allocated in `open`.
 */
export const outerProduct: GradientImplementation = {
  name: "outer_product",
  summary: "the whole minibatch as matrices: each weight gradient is one product ΔᵀA",
  precision: "float64",

  open({ network, dataset, maxBatchSize }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { features, classes, pixels, labels } = dataset;
    const layout = canonicalLayout(network);
    const parameters = new Float64Array(layout.length);
    const gradient = new Float64Array(layout.length);
    const rows = Math.min(maxBatchSize, CHUNK);
    const last = layout.layers.length - 1;

    /** [l] (rows, layerSizes[l]) what enters layer l; written by gather and forward. */
    const activations = layerSizes.slice(0, -1).map((size) => new Float64Array(rows * size));
    /** [l] (rows, outputs of layer l) Z in the output layer until the loss turns it into Δ. */
    const deltas = layerSizes.slice(1).map((size) => new Float64Array(rows * size));

    // The matrices of each layer, as the formulas above name them: views, made once.
    const layers = layout.layers.map(({ inputs, outputs, weightOffset, biasOffset }, l) => ({
      inputs,
      outputs,
      biasOffset,
      input: rowMajor(activations[l], inputs),
      // A hidden layer's Z and A are written where the next layer reads its input.
      output: rowMajor(l === last ? deltas[l] : activations[l + 1], outputs),
      delta: rowMajor(deltas[l], outputs),
      weights: rowMajor(parameters, inputs, weightOffset),
      weightGradient: rowMajor(gradient, inputs, weightOffset),
    }));

    /** Writes the pixels of `count` rows of the data set to the first layer's input. */
    const gather = (batch: Uint32Array, start: number, count: number): void => {
      const input = activations[0];
      for (let n = 0; n < count; n++) {
        const from = batch[start + n] * features;
        for (let i = 0; i < features; i++) input[n * features + i] = pixels[from + i] / 255;
      }
    };

    const forward = (count: number): void => {
      for (let l = 0; l <= last; l++) {
        const { inputs, outputs, biasOffset, input, output, weights } = layers[l];
        fillRows(output, parameters, biasOffset, count, outputs);
        multiplyAdd(input, transpose(weights), output, count, inputs, outputs);
        if (l === last) continue;
        const a = output.values;
        for (let k = 0; k < count * outputs; k++) a[k] = activate(hiddenActivation, a[k]);
      }
    };

    const backward = (count: number): void => {
      for (let l = last; l > 0; l--) {
        const { inputs, outputs, delta, weights, input } = layers[l];
        const below = layers[l - 1].delta;
        below.values.fill(0);
        multiplyAdd(delta, weights, below, count, outputs, inputs);
        const a = input.values;
        for (let k = 0; k < count * inputs; k++) {
          below.values[k] *= activationSlope(hiddenActivation, a[k]);
        }
      }
    };

    const accumulate = (count: number): void => {
      for (const { inputs, outputs, biasOffset, input, delta, weightGradient } of layers) {
        multiplyAdd(transpose(delta), input, weightGradient, outputs, count, inputs);
        for (let n = 0; n < count; n++) {
          for (let o = 0; o < outputs; o++) {
            gradient[biasOffset + o] += delta.values[n * outputs + o];
          }
        }
      }
    };

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        gradient.fill(0);
        let lossSum = 0;
        for (let start = 0; start < batch.length; start += CHUNK) {
          const count = Math.min(CHUNK, batch.length - start);
          phases?.("gather");
          gather(batch, start, count);
          phases?.("forward");
          forward(count);
          phases?.("loss");
          for (let n = 0; n < count; n++) {
            const label = labels[batch[start + n]];
            lossSum += outputLossAndDelta(outputLoss, deltas[last], n * classes, classes, label);
          }
          phases?.("backward");
          backward(count);
          phases?.("accumulate");
          accumulate(count);
        }
        const scale = 1 / batch.length;
        for (let p = 0; p < gradient.length; p++) gradient[p] *= scale;
        return lossSum / batch.length;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** Each of the first `count` rows of `matrix` = the `columns` values from `offset` on. */
function fillRows(
  matrix: Matrix,
  values: Float64Array,
  offset: number,
  count: number,
  columns: number,
): void {
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < columns; c++) matrix.values[n * columns + c] = values[offset + c];
  }
}
