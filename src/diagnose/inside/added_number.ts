import type { Network } from "../../model/network.ts";
import { dot, fitConstants, norm, rankOne, type Vector } from "./linear.ts";
import { layersOf } from "./program.ts";
import type { Exactness, Reading } from "./readings.ts";

/** One number is added to every element of an array: the value of a penalty, for example, in place of its gradient. */
export interface AddedNumber {
  readonly form: NumberForm;
  /** For each layer what the form is multiplied with, in weights and in biases. */
  readonly weights: readonly number[];
  readonly biases: readonly number[];
}

const squares = (w: Vector) => dot(w, w);
const sizes = (w: Vector) => w.reduce((sum, one) => sum + Math.abs(one), 0);
const sum = (w: Vector) => w.reduce((all, one) => all + one, 0);

/** What becomes of the weights of the layer itself, of all layers, or of weights and biases. */
const FORMS = {
  "squares-of-layer": { of: squares, from: "layer", text: "Σw²" },
  "squares-of-all": { of: squares, from: "all", text: "Σw² of all layers" },
  "sizes-of-layer": { of: sizes, from: "layer", text: "Σ|w|" },
  "sizes-of-all": { of: sizes, from: "all", text: "Σ|w| of all layers" },
  "length-of-layer": { of: norm, from: "layer", text: "‖W‖" },
  "length-of-all": { of: norm, from: "all", text: "‖W‖ of all layers" },
  "sum-of-layer": { of: sum, from: "layer", text: "Σw" },
  "sum-of-all": { of: sum, from: "all", text: "Σw of all layers" },
  "squares-with-biases": { of: squares, from: "parameters", text: "Σw² + Σb²" },
  "one-number": { of: () => 1, from: "all", text: "" },
} as const;

export type NumberForm = keyof typeof FORMS;

export const numberFormula = (form: NumberForm): string => FORMS[form].text;

/** What a form gives for each layer. */
function valuesOf(network: Network, parameters: Vector, form: NumberForm): number[] {
  const { of, from } = FORMS[form];
  const layers = layersOf(network);
  const own = layers.map(({ weightOffset, biasOffset }) =>
    parameters.subarray(weightOffset, biasOffset)
  );
  const all = from === "parameters"
    ? parameters
    : from === "all"
    ? Float64Array.from(own.flatMap((one) => [...one]))
    : undefined;
  return own.map((one) => of(all ?? one));
}

/** Adds the number `times` to each array. */
export function addNumber(
  network: Network,
  gradient: Vector,
  parameters: Vector,
  { form, weights, biases }: AddedNumber,
  times: number,
): void {
  const values = valuesOf(network, parameters, form);
  for (const [l, { weightOffset, biasOffset, outputs }] of layersOf(network).entries()) {
    const [ofWeights, ofBiases] = [weights[l], biases[l]].map((rate) => times * rate * values[l]);
    for (let p = weightOffset; p < biasOffset; p++) gradient[p] += ofWeights;
    for (let p = biasOffset; p < biasOffset + outputs; p++) gradient[p] += ofBiases;
  }
}

/** The number that each layer's arrays must lose for its weight gradient to have rank one, as a formula of the weights. */
export function findAddedNumber(
  network: Network,
  readings: readonly Reading[],
  { fit }: Exactness,
): AddedNumber | undefined {
  const layers = layersOf(network);
  const measured = layers.map(({ inputs, outputs }, l) => {
    if (readings.every((one) => one.layers[l].weights.residual <= fit)) return undefined;
    return readings.map((one) => numbersOf(one.layers[l], outputs, inputs, fit));
  });
  if (measured.every((one) => one === undefined)) return undefined;
  for (const form of Object.keys(FORMS) as NumberForm[]) {
    const values = new Map<Vector, number[]>();
    for (const { parameters } of readings) {
      if (!values.has(parameters)) values.set(parameters, valuesOf(network, parameters, form));
    }
    const rateOf = (kind: "weights" | "biases", l: number) => {
      const rates = measured[l]?.flatMap((one, q) =>
        one === "unknown" ? [] : [one[kind] / values.get(readings[q].parameters)![l]]
      );
      return rates === undefined ? 0 : constantOf(rates, fit);
    };
    const [weights, biases] = (["weights", "biases"] as const).map((kind) =>
      layers.map((_, l) => rateOf(kind, l))
    );
    if (weights.every((rate) => rate !== undefined) && weights.some((rate) => rate !== 0)) {
      return { form, weights, biases: biases.map((rate) => rate ?? 0) };
    }
  }
  return undefined;
}

/** So many readings leave no doubt. */
const FEWEST = 6;

/** The value that all have; undefined where they differ. */
function constantOf(rates: readonly number[], fit: number): number | undefined {
  if (rates.length < FEWEST) return undefined;
  const sorted = rates.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const isOne = sorted.at(-1)! - sorted[0] <= 10 * fit * Math.abs(middle);
  return isOne ? Number(middle.toPrecision(fit < 1e-4 ? 8 : 4)) : undefined;
}

/** The number in the weights and in the biases of one reading; `unknown` where they do not show it. */
function numbersOf(
  { matrix, biases }: Reading["layers"][number],
  outputs: number,
  inputs: number,
  fit: number,
): { weights: number; biases: number } | "unknown" {
  let rest: Vector = matrix;
  let weights = 0;
  // The second time what is left is small, and its products lose no digits.
  for (let step = 0; step < 3; step++) {
    const more = numberIn(rest, outputs, inputs);
    if (more === undefined) return "unknown";
    weights += more;
    rest = matrix.map((g) => g - weights);
  }
  const { left, residual } = rankOne(rest, outputs, inputs);
  if (!(residual <= 10 * fit)) return { weights: NaN, biases: NaN };
  if (biases.every((g) => g === 0)) return { weights, biases: 0 };
  const { coefficients: [, ofOnes], error } = fitConstants([biases], [[left], [
    biases.map(() => 1),
  ]]);
  const isNone = Math.abs(ofOnes) * Math.sqrt(outputs) <= 100 * fit * norm(biases);
  return { weights, biases: error > 10 * fit ? NaN : isNone ? 0 : ofOnes };
}

/**
 * c for which a matrix less c in every element has rank one: then every 2 × 2 minor of it is 0, which is linear in c. The
 * minor with the largest mixed difference is used.
 */
function numberIn(matrix: Vector, outputs: number, inputs: number): number | undefined {
  const rows = new Float64Array(outputs);
  const columns = new Float64Array(inputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      rows[o] += matrix[o * inputs + i] / inputs;
      columns[i] += matrix[o * inputs + i] / outputs;
    }
  }
  const mean = sum(rows) / outputs;
  const centred = matrix.map((g, p) =>
    g - rows[Math.floor(p / inputs)] - columns[p % inputs] + mean
  );
  let peak = 0;
  centred.forEach((value, p) => peak = Math.abs(value) > Math.abs(centred[peak]) ? p : peak);
  const [o, i] = [Math.floor(peak / inputs), peak % inputs];
  const farthest = (from: number, count: number, step: number) => {
    let best = 0;
    for (let n = 0; n < count; n++) {
      const distance = (at: number) => Math.abs(centred[from + at * step] - centred[peak]);
      if (distance(n) > distance(best)) best = n;
    }
    return best;
  };
  const [other, next] = [farthest(i, outputs, inputs), farthest(o * inputs, inputs, 1)];
  const [a, b, c, d] = [[o, i], [o, next], [other, i], [other, next]].map(([row, column]) =>
    matrix[row * inputs + column]
  );
  const difference = a + d - b - c;
  return difference === 0 ? undefined : (a * d - b * c) / difference;
}
