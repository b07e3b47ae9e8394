import { activate, activationSlope, outputLossAndDelta } from "../model/activation.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { HiddenActivation } from "../model/network.ts";
import type { GradientImplementation, SyncKernel } from "./contract.ts";
import {
  accumulate,
  backward,
  type DenseLayer,
  finish,
  type Five,
  forward,
} from "./fused_typed/five.ts";

/**
 * Backpropagation in one pass over the minibatch: examples go forward, backward and into the gradient while
 * they are still in the level 1 cache. Nothing is allocated in a step.
 *
 * Five examples at a time, because five divides the usual minibatches of 10 and 100, and several neurons in
 * each pass over the pixels: a weight that was loaded and widened serves five examples, a pixel several
 * neurons, and many sums in local variables hide the latency of an addition. A rest of less than five is
 * filled up with examples whose delta is zero, so B = 1 pays for five.
 *
 * Stored in float32: parameters and gradient. In float64: whatever lives within a step (activations, deltas,
 * sums), because JavaScript computes in float64 and each rounding to float32 in between would cost an
 * instruction and a digit. Each element of the gradient is rounded once.
 */
export const fusedTyped: GradientImplementation = {
  name: "fused_typed",
  summary: "one pass, float32 storage, float64 sums in registers: five examples × several neurons",
  precision: "float32",

  open({ network, dataset }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { classes, pixels, labels } = dataset;
    const layout = canonicalLayout(network);
    const parameters = new Float32Array(layout.length);
    const gradient = new Float32Array(layout.length);
    /** (layout.length) the gradient so far; zero between steps. */
    const sums = new Float64Array(layout.length);
    const last = layout.layers.length - 1;

    const layers: DenseLayer[] = layout.layers.map((
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
    /** [l] five × (outputs of layer l) dLoss/dz; in the output layer z until the loss turns it into that. */
    const deltas = layerSizes.slice(1).map(fiveVectors);
    /** (5) the examples' rows in the data set. */
    const rows = new Uint32Array(5);

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        const scale = 1 / batch.length;
        let lossSum = 0;
        for (let start = 0; start < batch.length; start += 5) {
          const count = Math.min(5, batch.length - start);
          for (let n = 0; n < 5; n++) rows[n] = batch[start + Math.min(n, count - 1)];

          phases?.("gather");
          readPixels(pixels, rows, activations[0]);

          phases?.("forward");
          for (let l = 0; l < last; l++) {
            forward(layers[l], activations[l], activations[l + 1]);
            for (const a of activations[l + 1]) activateAll(hiddenActivation, a);
          }
          forward(layers[last], activations[last], deltas[last]);

          phases?.("loss");
          for (let n = 0; n < 5; n++) {
            const delta = deltas[last][n];
            if (n < count) {
              lossSum += outputLossAndDelta(outputLoss, delta, 0, classes, labels[rows[n]]);
              for (let k = 0; k < classes; k++) delta[k] *= scale; // so that the sums are means
            } else {
              delta.fill(0);
            }
          }

          const isLast = start + 5 >= batch.length;
          for (let l = last; l >= 0; l--) {
            phases?.("accumulate");
            if (isLast) finish(layers[l], deltas[l], activations[l]);
            else accumulate(layers[l], deltas[l], activations[l]);
            if (l === 0) continue; // the pixels need no gradient
            phases?.("backward");
            backward(layers[l], deltas[l], deltas[l - 1]);
            for (let n = 0; n < 5; n++) {
              multiplySlopes(hiddenActivation, deltas[l - 1][n], activations[l][n]);
            }
          }
        }
        return lossSum * scale;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

function fiveVectors(size: number): Five {
  const vector = () => new Float64Array(size);
  return [vector(), vector(), vector(), vector(), vector()];
}

/**
 * x (features) = pixels / 255, for five examples. Side by side rather than one after the other: the rows lie far
 * apart, and the processor waits for five at once.
 */
function readPixels(pixels: Uint8Array, rows: Uint32Array, x: Five): void {
  const [xa, xb, xc, xd, xe] = x;
  const features = xa.length;
  const a = rows[0] * features, b = rows[1] * features, c = rows[2] * features;
  const d = rows[3] * features, e = rows[4] * features;
  for (let i = 0; i < features; i++) {
    xa[i] = pixels[a + i] * (1 / 255);
    xb[i] = pixels[b + i] * (1 / 255);
    xc[i] = pixels[c + i] * (1 / 255);
    xd[i] = pixels[d + i] * (1 / 255);
    xe[i] = pixels[e + i] * (1 / 255);
  }
}

/** a = f(z), in place */
function activateAll(activation: HiddenActivation, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) a[o] = activate(activation, a[o]);
}

/** δ ⊙= f′(z) */
function multiplySlopes(activation: HiddenActivation, delta: Float64Array, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) delta[o] *= activationSlope(activation, a[o]);
}
