import type { Dataset } from "../../data/dataset.ts";
import { activate, activationSlope, sigmoid } from "../../model/activation.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";

/**
 * The formulas of backpropagation one by one, so that each can be replaced by a mistaken one. Here layers count from
 * 0: the weights of layer l lie between activations l and l + 1.
 */
export interface Formulas {
  pixel: (byte: number) => number;
  /** Index of the 1 in the one-hot vector; outside the vector there is none. */
  hotLabel: (label: number) => number;
  /** For each layer f′ from z and a; for the output layer the factor of (a − y). */
  slopes: ((z: number, a: number) => number)[];
  /** ∂loss/∂z of the output layer, from its z and the index of the 1. */
  outputDelta: (z: Float64Array, hot: number, slope: Formulas["slopes"][0]) => Float64Array;
  /** For each layer the index of w[o][i] among its weights, as the backward pass reads it. */
  backwardWeight: ((o: number, i: number) => number)[];
  /** For each layer the activations that its δ is multiplied with. */
  inputOf: number[];
  /** For each layer the row of the minibatch that these activations come from, for row n of `rows`. */
  inputRow: ((n: number, rows: number) => number)[];
  /** For each layer the layer whose δ is its bias gradient. */
  biasDelta: number[];
}

export function rightFormulas(network: Network): Formulas {
  const { layers } = canonicalLayout(network);
  const last = layers.length - 1;
  const isQuadratic = network.outputLoss === "sigmoid-quadratic";
  return {
    pixel: (byte) => byte / 255,
    hotLabel: (label) => label,
    slopes: layers.map((_, l) => {
      if (l < last) return (_, a) => activationSlope(network.hiddenActivation, a);
      return isQuadratic ? (_, a) => a * (1 - a) : () => 1;
    }),
    outputDelta: (z, hot, slope) => {
      const a = isQuadratic ? z.map(sigmoid) : softmax(z);
      return a.map((value, k) => (value - Number(k === hot)) * slope(z[k], value));
    },
    backwardWeight: layers.map(({ inputs }) => (o, i) => o * inputs + i),
    inputOf: layers.map((_, l) => l),
    inputRow: layers.map(() => (n) => n),
    biasDelta: layers.map((_, l) => l),
  };
}

export interface Contributions {
  /** (rows) the gradient of each row, canonical order. */
  readonly gradients: readonly Float64Array[];
  /** (rows) z of the output layer. */
  readonly outputs: readonly Float64Array[];
}

/**
 * Runs backpropagation with these formulas on one minibatch, in float64. Values behind the end of a vector count as 0.
 */
export function contributionsOf(
  formulas: Formulas,
  network: Network,
  parameters: Float64Array,
  dataset: Dataset,
  batch: Uint32Array,
): Contributions {
  const { layers, length } = canonicalLayout(network);
  const last = layers.length - 1;
  const forward = Array.from(batch, (row) => {
    const pixels = dataset.pixels.subarray(row * dataset.features, (row + 1) * dataset.features);
    const activations: Float64Array[] = [Float64Array.from(pixels, formulas.pixel)];
    const zs: Float64Array[] = [];
    for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layers.entries()) {
      const z = parameters.slice(biasOffset, biasOffset + outputs);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          z[o] += parameters[weightOffset + o * inputs + i] * activations[l][i];
        }
      }
      zs.push(z);
      activations.push(
        l < last
          ? z.map((value) => activate(network.hiddenActivation, value))
          : network.outputLoss === "sigmoid-quadratic"
          ? z.map(sigmoid)
          : softmax(z),
      );
    }
    return { activations, zs, hot: formulas.hotLabel(dataset.labels[row]) };
  });
  const gradients = forward.map(({ activations, zs, hot }, n) => {
    const deltas: Float64Array[] = [];
    deltas[last] = formulas.outputDelta(zs[last], hot, formulas.slopes[last]);
    for (let l = last; l > 0; l--) {
      const { inputs, outputs, weightOffset } = layers[l];
      const below = new Float64Array(inputs);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          sum += parameters[weightOffset + formulas.backwardWeight[l](o, i)] * deltas[l][o];
        }
        below[i] = sum * formulas.slopes[l - 1](zs[l - 1][i], activations[l][i]);
      }
      deltas[l - 1] = below;
    }
    const gradient = new Float64Array(length);
    for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layers.entries()) {
      const input = forward[formulas.inputRow[l](n, batch.length)].activations[formulas.inputOf[l]];
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          gradient[weightOffset + o * inputs + i] = deltas[l][o] * (input[i] ?? 0);
        }
        gradient[biasOffset + o] = deltas[formulas.biasDelta[l]][o] ?? 0;
      }
    }
    return gradient;
  });
  return { gradients, outputs: forward.map(({ zs }) => zs[last]) };
}

/** e^z / Σ e^z; subtracting the greatest z first prevents overflow. */
export function softmax(z: Float64Array): Float64Array {
  const greatest = z.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = z.map((value) => Math.exp(value - greatest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}
