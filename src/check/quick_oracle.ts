import type { Dataset } from "../data/dataset.ts";
import { copyRow } from "../data/rows.ts";
import { addDecay, pixelTable, targetsIn } from "../model/convention.ts";
import { activate, activationSlope, outputLossAndDelta } from "../model/activation.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";

/**
 * The oracle (src/model/reference.ts) without zero pixels and without garbage, for checks between samples, which must be
 * quick and cause no collection. The omitted terms are 0, so its numbers equal the oracle's bit for bit while parameters
 * are finite; a test checks that.
 */
export function createQuickOracle(
  network: Network,
  dataset: Dataset,
): (parameters: Float64Array, batch: Uint32Array, gradient: Float64Array) => number {
  const { hiddenActivation, outputLoss } = network;
  const { labels, features } = dataset;
  const { layers } = canonicalLayout(network);
  const last = layers.length - 1;
  const pixelValue = pixelTable(network);
  const targets = targetsIn(network);
  /** (features) one row. */
  const pixels = new Uint8Array(features);
  /** (features) indices of one row's pixels that are not 0. */
  const places = new Uint32Array(features);
  /** [l] (outputs of layer l) activations and dLoss/dz. */
  const activations = layers.map(({ outputs }) => new Float64Array(outputs));
  const deltas = layers.map(({ outputs }) => new Float64Array(outputs));

  return (parameters, batch, gradient) => {
    gradient.fill(0);
    let lossSum = 0;
    for (let n = 0; n < batch.length; n++) {
      copyRow(dataset, batch[n], pixels);
      let used = 0;
      for (let i = 0; i < features; i++) {
        if (pixelValue[pixels[i]] !== 0) places[used++] = i;
      }

      for (let l = 0; l <= last; l++) {
        const { inputs, outputs, weightOffset, biasOffset } = layers[l];
        const a = activations[l];
        for (let o = 0; o < outputs; o++) {
          const weights = weightOffset + o * inputs;
          let z = parameters[biasOffset + o];
          if (l === 0) {
            for (let u = 0; u < used; u++) {
              z += parameters[weights + places[u]] * pixelValue[pixels[places[u]]];
            }
          } else {
            const below = activations[l - 1];
            for (let i = 0; i < inputs; i++) z += parameters[weights + i] * below[i];
          }
          a[o] = l === last ? z : activate(hiddenActivation, z);
        }
      }
      deltas[last].set(activations[last]);
      lossSum += outputLossAndDelta(
        outputLoss,
        deltas[last],
        0,
        deltas[last].length,
        labels[batch[n]],
        targets,
      );

      for (let l = last; l >= 0; l--) {
        const { inputs, outputs, weightOffset, biasOffset } = layers[l];
        const delta = deltas[l];
        for (let o = 0; o < outputs; o++) {
          const weights = weightOffset + o * inputs;
          if (l === 0) {
            for (let u = 0; u < used; u++) {
              gradient[weights + places[u]] += delta[o] * pixelValue[pixels[places[u]]];
            }
          } else {
            const below = activations[l - 1];
            for (let i = 0; i < inputs; i++) gradient[weights + i] += delta[o] * below[i];
          }
          gradient[biasOffset + o] += delta[o];
        }
        if (l === 0) continue;
        for (let i = 0; i < inputs; i++) {
          let sum = 0;
          for (let o = 0; o < outputs; o++) {
            sum += parameters[weightOffset + o * inputs + i] * delta[o];
          }
          deltas[l - 1][i] = sum * activationSlope(hiddenActivation, activations[l - 1][i]);
        }
      }
    }
    for (let p = 0; p < gradient.length; p++) gradient[p] /= batch.length;
    return lossSum / batch.length + addDecay(network, parameters, gradient);
  };
}
