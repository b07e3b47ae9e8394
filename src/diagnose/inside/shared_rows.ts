import type { Network } from "../../model/network.ts";
import { sub } from "./functions.ts";
import { norm, sumOf, type Vector } from "./linear.ts";
import { layersOf, type SharedRows } from "./program.ts";
import { clear, clearWeights, type Exactness, type Reading } from "./readings.ts";

/** A sum over a softmax's δ is 0 but for rounding. */
const NOTHING = 1e-10;

const isEven = (vector: Vector, fit: number): boolean =>
  vector.every((value) => Math.abs(value - vector[0]) <= fit * Math.abs(vector[0]));

/** Whether every neuron of a layer has the same row in its weight gradient, although bias gradients differ. */
export function areShared(
  network: Network,
  readings: readonly Reading[],
  exactness: Exactness,
): boolean[] {
  return layersOf(network).map(({ outputs }, l) => {
    if (outputs < 2) return false;
    const seen = clearWeights(readings, l, exactness);
    const ofBiases = clear(readings, ({ layers }) => norm(layers[l].biases), exactness);
    return seen.length > 0 &&
      seen.every(({ layers }) => isEven(layers[l].weights.left, exactness.fit)) &&
      ofBiases.some(({ layers }) => !isEven(layers[l].biases, 0.1));
  });
}

/** Readings without what is rounding alone in the weight gradients of shared layers. */
export function withoutRounding(
  readings: readonly Reading[],
  shared: readonly boolean[],
): readonly Reading[] {
  if (!shared.includes(true)) return readings;
  return readings.map((one) => ({
    ...one,
    layers: one.layers.map((layer, l) =>
      shared[l] && layer.weights.size <= NOTHING * norm(layer.biases)
        ? { ...layer, matrix: layer.matrix.map(() => 0), weights: { ...layer.weights, size: 0 } }
        : layer
    ),
  }));
}

const departure = (form: string) => ({ id: "shared-rows", form });

/** The rows of a list are one and the same list: sums run on in it, or the last neuron overwrites the others. */
const KINDS: readonly SharedRows[] = [
  {
    departure: departure("sum"),
    formula: (layer) => `Σ δ${sub(layer)}`,
    of: (delta) => sumOf(delta),
  },
  {
    departure: departure("last"),
    formula: (layer) => `δ${sub(layer)} of the last neuron`,
    of: (delta) => delta[delta.length - 1],
  },
];

/** What multiplies the input in every row: `factors` are read, for each δ. */
export const sharedRowsOf = (
  deltas: readonly Vector[],
  factors: readonly number[],
  { fit }: Exactness,
): SharedRows =>
  KINDS.find(({ of }) =>
    deltas.every((delta, q) => Math.abs(of(delta) - factors[q]) <= 10 * fit * norm(delta))
  ) ?? KINDS[0];
