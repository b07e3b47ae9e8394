import type { Dataset } from "../data/dataset.ts";
import { rowOf } from "../data/rows.ts";
import { activate, activationSlope, outputLossAndDelta } from "./activation.ts";
import { addDecay, pixelTable, targetsIn } from "./convention.ts";
import { canonicalLayout } from "./layout.ts";
import type { Network } from "./network.ts";

/**
 * The oracle: mean loss over the rows `batch` of the dataset, and its gradient. Plain float64 loops in the order of
 * the formulas, written to be read; every implementation is checked against it. It is itself checked against
 * PyTorch's autograd and central differences.
 *
 *   forward    a⁰ = pixels / 255,  zˡ = Wˡ aˡ⁻¹ + bˡ,  aˡ = f(zˡ)
 *   output     δᴸ = dLoss / dzᴸ
 *   backward   δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) ⊙ f′(zˡ)
 *   gradient   dLoss/dWˡ = mean of δˡ aˡ⁻¹ᵀ,  dLoss/dbˡ = mean of δˡ
 *
 * A network's convention changes pixels and targets, and adds the decay of weights. `parameters` and `gradient` are in the canonical layout; `gradient` is overwritten. Formulas: M. Nielsen, Neural
 * Networks and Deep Learning (2015), chapter 2, BP1–BP4.
 */
export function referenceGradient(
  network: Network,
  parameters: Float64Array,
  dataset: Dataset,
  batch: Uint32Array,
  gradient: Float64Array,
): number {
  const values = pixelTable(network);
  const { labels } = dataset;
  return referenceGradientOf(
    network,
    parameters,
    batch.length,
    (n) => Float64Array.from(rowOf(dataset, batch[n]), (byte) => values[byte]),
    (n) => labels[batch[n]],
    gradient,
  );
}

/**
 * The same for inputs that are no bytes: `inputOf(n)` (first layer size) enters the network as it is, `labelOf(n)` is its
 * label, n from 0 to `rows` − 1. A convention of pixels is left to the caller.
 */
export function referenceGradientOf(
  network: Network,
  parameters: Float64Array,
  rows: number,
  inputOf: (n: number) => Float64Array,
  labelOf: (n: number) => number,
  gradient: Float64Array,
): number {
  const { layerSizes, hiddenActivation, outputLoss } = network;
  const { layers } = canonicalLayout(network);
  const last = layers.length - 1;
  gradient.fill(0);
  const targets = targetsIn(network);
  let lossSum = 0;

  for (let n = 0; n < rows; n++) {
    // activations[l] (layerSizes[l]): input of layer l; the last one is z of the output layer.
    const activations = [inputOf(n)];
    for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layers.entries()) {
      const a = new Float64Array(outputs);
      for (let o = 0; o < outputs; o++) {
        let z = parameters[biasOffset + o];
        for (let i = 0; i < inputs; i++) {
          z += parameters[weightOffset + o * inputs + i] * activations[l][i];
        }
        a[o] = l === last ? z : activate(hiddenActivation, z);
      }
      activations.push(a);
    }

    // delta (outputs of layer l): dLoss / dz.
    let delta = activations[last + 1];
    lossSum += outputLossAndDelta(outputLoss, delta, 0, delta.length, labelOf(n), targets);

    for (let l = last; l >= 0; l--) {
      const { inputs, outputs, weightOffset, biasOffset } = layers[l];
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          gradient[weightOffset + o * inputs + i] += delta[o] * activations[l][i];
        }
        gradient[biasOffset + o] += delta[o];
      }
      if (l === 0) continue; // the pixels need no gradient
      const below = new Float64Array(layerSizes[l]);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          sum += parameters[weightOffset + o * inputs + i] * delta[o];
        }
        below[i] = sum * activationSlope(hiddenActivation, activations[l][i]);
      }
      delta = below;
    }
  }

  for (let p = 0; p < gradient.length; p++) gradient[p] /= rows;
  return lossSum / rows + addDecay(network, parameters, gradient);
}
