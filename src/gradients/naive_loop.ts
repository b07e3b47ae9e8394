import type { Dataset } from "../data/dataset.ts";
import { activate, activationSlope, outputLossAndDelta } from "../model/activation.ts";
import { canonicalLayout, type LayerLayout } from "../model/layout.ts";
import type { HiddenActivation, Network } from "../model/network.ts";
import type { GradientImplementation, SyncKernel } from "./contract.ts";

/**
 * Backpropagation as a newcomer writes it: one example at a time, a fresh array for every vector. All
 * activations and deltas of the minibatch are kept; a last loop adds up their outer products. In NumPy
 * that loop reads `sum(np.outer(delta, activation) for …) / len(batch)`.
 *
 * It is correct and easy to read, but slow: each example allocates a matrix as large as the layer's
 * weights, each weighted sum waits for its own last addition, and garbage must be collected.
 */
export const naiveLoop: GradientImplementation = {
  name: "naive_loop",
  summary: "one example at a time, fresh arrays, a sum of outer products: what a newcomer writes",
  precision: "float64",
  backEnd: "javascript",

  open({ network, dataset }): SyncKernel {
    const layout = canonicalLayout(network);
    const parameters = new Float64Array(layout.length);
    const gradient = new Float64Array(layout.length);

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        /** [example][layer] what entered the layer: (inputs). */
        const allActivations: number[][][] = [];
        /** [example][layer] dLoss / dz of the layer: (outputs). */
        const allDeltas: number[][][] = [];
        let lossSum = 0;

        for (const row of batch) {
          phases?.("forward");
          const activations: number[][] = [pixelsOf(dataset, row)];
          for (const layer of layout.layers) {
            const z = weightedSums(parameters, layer, activations[activations.length - 1]);
            const isOutput = activations.length === layout.layers.length;
            activations.push(isOutput ? z : activateAll(network.hiddenActivation, z));
          }

          phases?.("loss");
          const delta = activations.pop()!; // z of the output layer, overwritten with its delta
          const { outputLoss } = network;
          lossSum += outputLossAndDelta(outputLoss, delta, 0, delta.length, dataset.labels[row]);

          phases?.("backward");
          const deltas: number[][] = [delta];
          for (let l = layout.layers.length - 1; l > 0; l--) {
            deltas.unshift(
              hiddenDelta(network, parameters, layout.layers[l], deltas[0], activations[l]),
            );
          }
          allActivations.push(activations);
          allDeltas.push(deltas);
        }

        phases?.("accumulate");
        for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layout.layers.entries()) {
          const weightSum = new Float64Array(outputs * inputs);
          const biasSum = new Float64Array(outputs);
          for (let n = 0; n < batch.length; n++) {
            addTo(weightSum, outerProduct(allDeltas[n][l], allActivations[n][l]));
            addTo(biasSum, allDeltas[n][l]);
          }
          for (let w = 0; w < weightSum.length; w++) {
            gradient[weightOffset + w] = weightSum[w] / batch.length;
          }
          for (let o = 0; o < outputs; o++) gradient[biasOffset + o] = biasSum[o] / batch.length;
        }
        return lossSum / batch.length;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** a (features) = the pixels of one example / 255 */
function pixelsOf(dataset: Dataset, row: number): number[] {
  const a: number[] = [];
  for (let i = 0; i < dataset.features; i++) {
    a.push(dataset.pixels[row * dataset.features + i] / 255);
  }
  return a;
}

/** a (outputs) = f(z) */
function activateAll(activation: HiddenActivation, z: number[]): number[] {
  return z.map((sum) => activate(activation, sum));
}

/** z (outputs) = w (outputs, inputs) · a (inputs) + b (outputs) */
function weightedSums(parameters: Float64Array, layer: LayerLayout, a: number[]): number[] {
  const { inputs, outputs, weightOffset, biasOffset } = layer;
  const z: number[] = [];
  for (let o = 0; o < outputs; o++) {
    let sum = parameters[biasOffset + o];
    for (let i = 0; i < inputs; i++) sum += parameters[weightOffset + o * inputs + i] * a[i];
    z.push(sum);
  }
  return z;
}

/** δ below (inputs) = wᵀ (inputs, outputs) · δ (outputs) ⊙ f′ (inputs) */
function hiddenDelta(
  network: Network,
  parameters: Float64Array,
  layer: LayerLayout,
  delta: number[],
  activation: number[],
): number[] {
  const { inputs, outputs, weightOffset } = layer;
  const below: number[] = [];
  for (let i = 0; i < inputs; i++) {
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += parameters[weightOffset + o * inputs + i] * delta[o];
    below.push(sum * activationSlope(network.hiddenActivation, activation[i]));
  }
  return below;
}

/** δaᵀ (outputs, inputs), row by row, in a fresh array. */
function outerProduct(delta: number[], activation: number[]): number[] {
  const inputs = activation.length;
  const product: number[] = new Array(delta.length * inputs);
  for (let o = 0; o < delta.length; o++) {
    for (let i = 0; i < inputs; i++) product[o * inputs + i] = delta[o] * activation[i];
  }
  return product;
}

function addTo(sum: Float64Array, term: number[]): void {
  for (let k = 0; k < sum.length; k++) sum[k] += term[k];
}
