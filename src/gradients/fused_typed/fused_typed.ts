import { activate, activationSlope, outputLossAndDelta } from "../../model/activation.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { HiddenActivation } from "../../model/network.ts";
import type { GradientImplementation, SyncKernel } from "../contract.ts";
import * as five from "./five.ts";
import * as one from "./one.ts";

/**
 * Backpropagation in one pass: each example goes forward, backward and into the gradient while it is still in
 * the level 1 cache. A step allocates nothing.
 *
 * Examples go by fives, because five divides the usual minibatches of 10 and 100; a remainder goes one by one.
 * A loaded weight is used five times, and five sums in local variables hide the latency of an addition. The gradient of
 * four neurons grows in one pass, so that a loaded pixel is used four times.
 *
 * Parameters and gradient are stored in float32. Activations, deltas and sums are float64, as JavaScript
 * computes: rounding them would cost an instruction and a digit each. Each element of the gradient is rounded
 * once.
 */
export const fusedTyped: GradientImplementation = {
  name: "fused_typed",
  summary: "one pass, float32 storage, float64 sums in registers, five examples at a time",
  precision: "float32",
  backEnd: "javascript",

  open({ network, dataset }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { classes, pixels, labels } = dataset;
    const layout = canonicalLayout(network);
    const parameters = new Float32Array(layout.length);
    const gradient = new Float32Array(layout.length);
    /** (layout.length) float64 accumulator of the gradient; zero between steps. */
    const sums = new Float64Array(layout.length);
    const last = layout.layers.length - 1;

    const layers: five.DenseLayer[] = layout.layers.map((
      { inputs, outputs, weightOffset, biasOffset },
    ) => {
      const rows = Array.from({ length: outputs }, (_, o) => weightOffset + o * inputs);
      return {
        inputs,
        outputs,
        weights: rows.map((start) => parameters.subarray(start, start + inputs)),
        biases: parameters.subarray(biasOffset, biasOffset + outputs),
        weightGradient: rows.map((start) => gradient.subarray(start, start + inputs)),
        biasGradient: gradient.subarray(biasOffset, biasOffset + outputs),
        weightSums: rows.map((start) => sums.subarray(start, start + inputs)),
        biasSums: sums.subarray(biasOffset, biasOffset + outputs),
      };
    });

    /** [l] five × (layerSizes[l]) what enters layer l; written by readPixels and forward. */
    const activations = layerSizes.slice(0, -1).map(fiveVectors);
    /** [l] five × (outputs of layer l) dLoss/dz; in the output layer z until the loss overwrites it. */
    const deltas = layerSizes.slice(1).map(fiveVectors);
    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        const scale = 1 / batch.length;
        let lossSum = 0;
        for (let start = 0, count = 0; start < batch.length; start += count) {
          const inFives = start + 5 <= batch.length;
          count = inFives ? 5 : 1;
          const isLast = start + count === batch.length;

          phases?.("gather");
          if (inFives) five.readPixels(pixels, batch, start, activations[0]);
          else one.readPixels(pixels, batch[start], activations[0][0]);

          phases?.("forward");
          for (let l = 0; l <= last; l++) {
            const x = activations[l];
            const z = l === last ? deltas[l] : activations[l + 1];
            if (inFives) five.forward(layers[l], x, z);
            else one.forward(layers[l], x[0], z[0]);
            if (l === last) continue;
            for (let n = 0; n < count; n++) activateAll(hiddenActivation, z[n]);
          }

          phases?.("loss");
          for (let n = 0; n < count; n++) {
            const delta = deltas[last][n];
            lossSum += outputLossAndDelta(outputLoss, delta, 0, classes, labels[batch[start + n]]);
            for (let k = 0; k < classes; k++) delta[k] *= scale; // so that the sums are means
          }

          for (let l = last; l >= 0; l--) {
            const delta = deltas[l], x = activations[l];
            phases?.("accumulate");
            if (inFives) (isLast ? five.finish : five.accumulate)(layers[l], delta, x);
            else (isLast ? one.finish : one.accumulate)(layers[l], delta[0], x[0]);
            if (l === 0) continue; // the pixels need no gradient
            phases?.("backward");
            const below = deltas[l - 1];
            if (inFives) five.backward(layers[l], delta, below);
            else one.backward(layers[l], delta[0], below[0]);
            for (let n = 0; n < count; n++) multiplySlopes(hiddenActivation, below[n], x[n]);
          }
        }
        return lossSum * scale;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

function fiveVectors(size: number): five.Five {
  const vector = () => new Float64Array(size);
  return [vector(), vector(), vector(), vector(), vector()];
}

/** a = f(z), in place */
function activateAll(activation: HiddenActivation, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) a[o] = activate(activation, a[o]);
}

/** δ ⊙= f′(z) */
function multiplySlopes(activation: HiddenActivation, delta: Float64Array, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) delta[o] *= activationSlope(activation, a[o]);
}
