import type { Dataset } from "../../data/dataset.ts";
import { activate, activationSlope, outputLossAndDelta } from "../../model/activation.ts";
import { inputMajorLayout } from "../../model/layout.ts";
import type { GradientImplementation, SyncKernel } from "../contract.ts";
import {
  addProducts,
  createTerms,
  type InputMajorLayer,
  type Terms,
  throughWeights,
  weightedSums,
} from "./weighted_terms.ts";

/**
 * Backpropagation example by example, for non-zero pixels only: a pixel of 0 adds nothing to a weighted sum.
 * `open` lists the others, a fifth of a digit's pixels.
 *
 * Weights are input-major, so one pixel's weights to all neurons fill one or two cache lines. The forward pass
 * and the gradient use the same list of terms; in hidden layers every activation is a term. float64 throughout:
 * float32 would be converted at every access.
 */
export const sparseTyped: GradientImplementation = {
  name: "sparse_typed",
  summary:
    "typed arrays, non-zero pixels only, weights of a pixel side by side, eight sums at once",
  precision: "float64",
  backEnd: "javascript",
  skipsZeroPixels: true,

  open({ network, dataset }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { classes, labels } = dataset;
    const layout = inputMajorLayout(network);
    const parameters = new Float64Array(layout.length);
    const gradient = new Float64Array(layout.length);
    const layers = layout.layers.map((layer): InputMajorLayer => {
      const { inputs, outputs, weightOffset, biasOffset } = layer;
      return {
        inputs,
        outputs,
        weights: parameters.subarray(weightOffset, biasOffset),
        biases: parameters.subarray(biasOffset, biasOffset + outputs),
        weightGradient: gradient.subarray(weightOffset, biasOffset),
        biasGradient: gradient.subarray(biasOffset, biasOffset + outputs),
      };
    });
    const last = layers.length - 1;
    const readPixels = nonZeroPixels(dataset, layers[0].outputs);
    /** [l] what enters layer l. */
    const terms = layers.map(({ inputs, outputs }, l) => {
      const ofLayer = createTerms(inputs);
      if (l === 0) return ofLayer;
      ofLayer.count = inputs;
      ofLayer.offsets.forEach((_, i) => ofLayer.offsets[i] = i * outputs);
      return ofLayer;
    });
    /** [l] (outputs of layer l) dLoss/dz. */
    const deltas = layerSizes.slice(1).map((size) => new Float64Array(size));

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        const scale = 1 / batch.length;
        let lossSum = 0;
        phases?.("accumulate");
        gradient.fill(0);
        for (const row of batch) {
          phases?.("gather");
          readPixels(row, terms[0]);

          phases?.("forward");
          for (let l = 0; l < last; l++) {
            const a = terms[l + 1].values;
            weightedSums(layers[l], terms[l], a);
            for (let o = 0; o < a.length; o++) a[o] = activate(hiddenActivation, a[o]);
          }
          const output = deltas[last];
          weightedSums(layers[last], terms[last], output);

          phases?.("loss");
          lossSum += outputLossAndDelta(outputLoss, output, 0, classes, labels[row]);
          for (let k = 0; k < classes; k++) output[k] *= scale; // so that the sums are means

          for (let l = last; l > 0; l--) {
            const a = terms[l].values;
            const below = deltas[l - 1];
            phases?.("accumulate");
            addProducts(layers[l], terms[l], deltas[l]);
            phases?.("backward");
            throughWeights(layers[l], deltas[l], below);
            for (let i = 0; i < below.length; i++) {
              below[i] *= activationSlope(hiddenActivation, a[i]);
            }
          }
          phases?.("accumulate");
          addProducts(layers[0], terms[0], deltas[0]);
        }
        return lossSum * scale;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** Lists the non-zero pixels of the subset. Returns a function that writes those of one row to `terms`. */
function nonZeroPixels(
  { count, features, pixels }: Dataset,
  outputs: number,
): (row: number, terms: Terms) => void {
  const starts = new Uint32Array(count + 1);
  for (let n = 0, at = 0; n < count; n++) {
    let nonZero = 0;
    for (const end = at + features; at < end; at++) if (pixels[at] !== 0) nonZero++;
    starts[n + 1] = starts[n] + nonZero;
  }
  const offsets = new Int32Array(starts[count]);
  const bytes = new Uint8Array(starts[count]);
  for (let n = 0, entry = 0; n < count; n++) {
    for (let i = 0; i < features; i++) {
      const pixel = pixels[n * features + i];
      if (pixel === 0) continue;
      offsets[entry] = i * outputs;
      bytes[entry++] = pixel;
    }
  }
  const valueOf = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);
  return (row, terms) => {
    const first = starts[row], end = starts[row + 1];
    terms.count = end - first;
    for (let entry = first, t = 0; entry < end; entry++, t++) {
      terms.offsets[t] = offsets[entry];
      terms.values[t] = valueOf[bytes[entry]];
    }
  };
}
