import type { Dataset } from "../data/dataset.ts";
import { activate, outputLossAndDelta } from "./activation.ts";
import { pixelTable, targetsIn } from "./convention.ts";
import { canonicalLayout } from "./layout.ts";
import type { Network } from "./network.ts";

/**
 * Returns a function that evaluates parameters (canonical order) on `dataset`: the share of correct examples, the mean
 * loss, and (examples) 1 if correct, else 0, which the next call overwrites. It runs off the clock, so it need only be
 * quick: it transposes the first layer once, and each example reads only the rows of its pixels that are not 0.
 *
 * An example is correct if its label's output is the greatest; of equal outputs the first wins, as in NumPy's
 * argmax. Outputs are compared as weighted sums z, because saturated neurons differ only there. With a NaN among
 * the outputs an example is never correct.
 */
export function createEvaluator(
  network: Network,
  dataset: Dataset,
): (canonical: Float64Array) => { accuracy: number; loss: number; isCorrect: Uint8Array } {
  const { layers } = canonicalLayout(network);
  const { features, pixels, labels, count } = dataset;
  const [first, ...rest] = layers;
  const classes = layers[layers.length - 1].outputs;
  /** (features, width of layer 1) first layer's weights, pixel-major; written by each call. */
  const transposed = new Float64Array(features * first.outputs);
  /** (256) a pixel, times `unit`. */
  const isUsual = network.convention?.pixels === undefined;
  const unit = isUsual ? 255 : 1;
  const values = isUsual ? Float64Array.from({ length: 256 }, (_, b) => b) : pixelTable(network);
  const targets = targetsIn(network);
  /** (features) indices of one example's pixels that are not 0. */
  const nonZero = new Uint32Array(features);
  /** (outputs) of each layer: activations of one example, z in the last layer. */
  const activations = layers.map((layer) => new Float64Array(layer.outputs));
  const lastLayer = layers.length - 1;
  const isCorrect = new Uint8Array(count);

  return (canonical) => {
    for (let o = 0; o < first.outputs; o++) {
      for (let i = 0; i < features; i++) {
        transposed[i * first.outputs + o] = canonical[o * features + i] / unit;
      }
    }
    let correct = 0;
    let lossSum = 0;
    for (let n = 0; n < count; n++) {
      const hidden = activations[0];
      for (let o = 0; o < first.outputs; o++) hidden[o] = canonical[first.biasOffset + o];
      const found = findNonZero(pixels, values, n * features, features, nonZero);
      addPixelRows(pixels, values, n * features, nonZero, found, transposed, hidden);
      for (let l = 0; l < rest.length; l++) {
        activateAll(network, activations[l]);
        const { inputs, outputs, weightOffset, biasOffset } = rest[l];
        for (let o = 0; o < outputs; o++) {
          let z = canonical[biasOffset + o];
          const row = weightOffset + o * inputs;
          for (let i = 0; i < inputs; i++) z += canonical[row + i] * activations[l][i];
          activations[l + 1][o] = z;
        }
      }
      const outputs = activations[lastLayer];
      isCorrect[n] = Number(isGreatest(outputs, labels[n]));
      correct += isCorrect[n];
      lossSum += outputLossAndDelta(network.outputLoss, outputs, 0, classes, labels[n], targets);
    }
    return { accuracy: correct / count, loss: lossSum / count, isCorrect };
  };
}

/** Writes the indices of an example's pixels that are not 0 to `into`; returns how many there are. */
function findNonZero(
  pixels: Uint8Array,
  values: Float64Array,
  start: number,
  features: number,
  into: Uint32Array,
): number {
  let found = 0;
  for (let i = 0; i < features; i++) {
    into[found] = i; // the next one overwrites it if this pixel is 0
    found += Number(values[pixels[start + i]] !== 0);
  }
  return found;
}

/**
 * sums (width) += Σ values[pixels[start + i]] · rows[i] (features, width) over the first `found` indices i in `nonZero`.
 * Four sums at a time stay in local variables.
 */
function addPixelRows(
  pixels: Uint8Array,
  values: Float64Array,
  start: number,
  nonZero: Uint32Array,
  found: number,
  rows: Float64Array,
  sums: Float64Array,
): void {
  const width = sums.length;
  let o = 0;
  for (; o + 4 <= width; o += 4) {
    let sum0 = sums[o], sum1 = sums[o + 1], sum2 = sums[o + 2], sum3 = sums[o + 3];
    for (let k = 0; k < found; k++) {
      const value = values[pixels[start + nonZero[k]]];
      const at = nonZero[k] * width + o;
      sum0 += value * rows[at];
      sum1 += value * rows[at + 1];
      sum2 += value * rows[at + 2];
      sum3 += value * rows[at + 3];
    }
    sums[o] = sum0;
    sums[o + 1] = sum1;
    sums[o + 2] = sum2;
    sums[o + 3] = sum3;
  }
  for (; o < width; o++) {
    for (let k = 0; k < found; k++) {
      sums[o] += values[pixels[start + nonZero[k]]] * rows[nonZero[k] * width + o];
    }
  }
}

function activateAll(network: Network, values: Float64Array): void {
  for (let o = 0; o < values.length; o++) {
    values[o] = activate(network.hiddenActivation, values[o]);
  }
}

/** Whether outputs[label] is the first of the greatest. Comparisons with NaN are false. */
function isGreatest(outputs: Float64Array, label: number): boolean {
  for (let k = 0; k < outputs.length; k++) {
    if (k < label ? !(outputs[label] > outputs[k]) : !(outputs[label] >= outputs[k])) return false;
  }
  return true;
}
