import { activate, activationSlope, outputLossAndDelta } from "../model/activation.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { HiddenActivation } from "../model/network.ts";
import type { GradientImplementation, SyncKernel } from "./contract.ts";
import { accumulate, backward, type DenseLayer, forward } from "./fused_typed/pair.ts";

/**
 * Backpropagation in one pass over the minibatch: each example goes forward and backward and is added to
 * the gradient while all of it is still in the level 1 cache. Nothing is allocated in a step.
 *
 * Examples go in pairs, and neurons in blocks of four: a weight that was loaded serves two examples, a
 * pixel serves four neurons, and eight sums in local variables hide the latency of an addition. An odd last
 * example goes beside itself with a delta of zero, so B = 1 pays for two.
 *
 * Stored in float32: parameters and gradient. In float64: whatever lives within a step (activations, deltas,
 * accumulators), because JavaScript computes in float64 and each rounding to float32 in between would
 * cost an instruction and a digit. Each element of the gradient is rounded once.
 */
export const fusedTyped: GradientImplementation = {
  name: "fused_typed",
  summary:
    "one pass, float32 storage, float64 sums in registers: two examples × four neurons at a time",
  precision: "float32",

  open({ network, dataset }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { features, classes, pixels, labels } = dataset;
    const layout = canonicalLayout(network);
    const parameters = new Float32Array(layout.length);
    const gradient = new Float32Array(layout.length);
    /** (layout.length) float64 sums over the minibatch; written by accumulate, rounded into `gradient`. */
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
        weightSums: rows.map((start) => sums.subarray(start, start + inputs)),
        biasSums: sums.subarray(biasOffset, biasOffset + outputs),
      };
    });

    // Of the two examples of a pair, [l] (layerSizes[l]):
    const vectors = () => layerSizes.map((size) => new Float64Array(size));
    /** what enters layer l; at the end z of the output layer, which the loss turns into its delta. */
    const firstActivations = vectors();
    const secondActivations = vectors();
    /** dLoss/dz of what enters layer l; written by backward. [0] and the last are not used. */
    const firstDeltas = vectors();
    const secondDeltas = vectors();

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        let lossSum = 0;
        for (let n = 0; n < batch.length; n += 2) {
          const first = batch[n];
          const hasSecond = n + 1 < batch.length;
          const second = hasSecond ? batch[n + 1] : first;

          phases?.("gather");
          readPixels(pixels, first * features, firstActivations[0]);
          readPixels(pixels, second * features, secondActivations[0]);

          phases?.("forward");
          for (let l = 0; l <= last; l++) {
            forward(
              layers[l],
              firstActivations[l],
              secondActivations[l],
              firstActivations[l + 1],
              secondActivations[l + 1],
            );
            if (l === last) continue;
            activateAll(hiddenActivation, firstActivations[l + 1]);
            activateAll(hiddenActivation, secondActivations[l + 1]);
          }

          phases?.("loss");
          let firstDelta = firstActivations[last + 1];
          let secondDelta = secondActivations[last + 1];
          lossSum += outputLossAndDelta(outputLoss, firstDelta, 0, classes, labels[first]);
          if (hasSecond) {
            lossSum += outputLossAndDelta(outputLoss, secondDelta, 0, classes, labels[second]);
          } else {
            secondDelta.fill(0);
          }

          for (let l = last; l >= 0; l--) {
            phases?.("accumulate");
            accumulate(
              layers[l],
              firstDelta,
              secondDelta,
              firstActivations[l],
              secondActivations[l],
            );
            if (l === 0) continue; // the pixels need no gradient
            phases?.("backward");
            backward(layers[l], firstDelta, secondDelta, firstDeltas[l], secondDeltas[l]);
            firstDelta = firstDeltas[l];
            secondDelta = secondDeltas[l];
            multiplySlopes(hiddenActivation, firstDelta, firstActivations[l]);
            multiplySlopes(hiddenActivation, secondDelta, secondActivations[l]);
          }
        }

        const scale = 1 / batch.length;
        moveMeans(sums, scale, gradient);
        return lossSum * scale;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** x (features) = pixels / 255 */
function readPixels(pixels: Uint8Array, start: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = pixels[start + i] * (1 / 255);
}

/** a = f(z), in place */
function activateAll(activation: HiddenActivation, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) a[o] = activate(activation, a[o]);
}

/** δ ⊙= f′(z) */
function multiplySlopes(activation: HiddenActivation, delta: Float64Array, a: Float64Array): void {
  for (let o = 0; o < a.length; o++) delta[o] *= activationSlope(activation, a[o]);
}

/**
 * gradient (length) = sums · scale; the sums are zero again for the next step. Unrolled for the reason that
 * `descend` in model/sgd.ts gives.
 */
function moveMeans(sums: Float64Array, scale: number, gradient: Float32Array): void {
  const { length } = gradient;
  let p = 0;
  for (; p + 4 <= length; p += 4) {
    gradient[p] = sums[p] * scale;
    gradient[p + 1] = sums[p + 1] * scale;
    gradient[p + 2] = sums[p + 2] * scale;
    gradient[p + 3] = sums[p + 3] * scale;
  }
  for (; p < length; p++) gradient[p] = sums[p] * scale;
  sums.fill(0);
}
