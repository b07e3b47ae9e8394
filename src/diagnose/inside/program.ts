import type { Dataset } from "../../data/dataset.ts";
import { canonicalLayout, type LayerLayout } from "../../model/layout.ts";
import type { Convention, Network } from "../../model/network.ts";
import { activationNamed, type NeuronFunction, softmax } from "./functions.ts";
import type { Vector } from "./linear.ts";
import type { Rounding } from "./roundings.ts";

/**
 * A program as a chain of choices, one for each stage of backpropagation. Layers count from 0 here: x[l] enters layer
 * l, z[l] = W x[l] + b leaves it.
 *
 *   pixels     x[0] = map(bytes of a row)
 *   forward    z[l] = sum(W, x[l], b),  x[l + 1] = f(z[l])
 *   output     delta[L − 1] from z[L − 1] and the label
 *   backward   delta[l] = (Wᵀ carried) ∘ slope
 *   products   dW[l] = delta[l] · product[l]ᵀ,  db[l] = bias(delta[l])
 *
 * A right choice has no `departure`. Formulas: M. Nielsen, Neural Networks and Deep Learning (2015), chapter 2.
 */
export interface Program {
  readonly pixels: PixelChoice;
  /** One for each layer; the last one's activation is part of `output`. */
  readonly forward: readonly ForwardChoice[];
  readonly products: readonly VectorChoice[];
  readonly output: OutputChoice;
  /** For each hidden layer. */
  readonly backward: readonly BackwardChoice[];
  readonly biases: readonly BiasChoice[];
  /** Layers whose weight gradient has the same row for every neuron. */
  readonly sharedRows?: readonly (SharedRows | undefined)[];
}

/** What a choice differs in from the right one, as findings name it. */
export interface Departure {
  readonly id: string;
  readonly form?: string;
  /** Its constant. */
  readonly value?: number | undefined;
  /** What to declare if the departure is meant. */
  readonly convention?: Convention;
}

interface Choice {
  readonly departure?: Departure;
}

export interface PixelChoice {
  readonly departures: readonly Departure[];
  /** "byte / 255" */
  readonly formula: string;
  /** "row n", "row 3n + 1" … */
  readonly source: string;
  of(bytes: Uint8Array): Vector;
  /** The row whose pixels are used for a row. */
  rowOf(row: number): number;
}

export interface ForwardChoice extends Choice {
  /** z with `W`, `x` and `b`; activation with `z`. */
  readonly sumFormula: string;
  readonly activation: NeuronFunction;
  /** Softmax of the layer instead of a function of each neuron. */
  readonly isSoftmax?: boolean;
  /** Something else than a function of each z. */
  readonly leaves?: (z: Vector, layer: LayerLayout, parameters: Vector) => Vector;
  /** What each activation is multiplied with: 0 for neurons that are dropped in every call. */
  readonly mask?: Vector;
  /** No formula fits: activations as they were read, for the questions that were asked. */
  readonly read?: (parameters: Vector, row: number) => Vector | undefined;
  /** The formula that is nearest to what was read, and its relative error. */
  readonly nearest?: { readonly formula: string; readonly error: number };
  sum(layer: LayerLayout, parameters: Vector, x: Vector): Vector;
}

/** What one row looks like inside a program. */
export interface Pass {
  readonly network: Network;
  readonly layers: readonly LayerLayout[];
  readonly parameters: Vector;
  readonly row: number;
  readonly label: number;
  readonly x: Vector[];
  readonly z: Vector[];
  /** What the row is compared with, where that depends on the other rows of the minibatch. */
  target?: Vector;
  /** a of the output layer, where it depends on the other rows of the minibatch. */
  overBatch?: Vector;
  /** a of the output layer, as the right program has it unless the output's choice says otherwise. */
  output: Vector;
  /** What becomes delta when it is multiplied by the slope: a − y, and Wᵀ carried. */
  readonly raw: Vector[];
  readonly delta: Vector[];
}

export interface VectorChoice extends Choice {
  readonly formula: (layer: number) => string;
  /** Undefined where the vectors do not fit together. */
  of(pass: Pass, l: number): Vector | undefined;
}

export interface OutputChoice {
  readonly departures: readonly Departure[];
  /** δ with a, y and z. */
  readonly formula: string;
  readonly factor: number;
  /** δ without the factor. */
  of(pass: Pass): Vector;
  /** δ before its slope: a − y. */
  raw(pass: Pass): Vector;
  /** What outputs are compared with. */
  target(pass: Pass): Vector;
  /** Softmax over the rows of the minibatch, or over rows and classes. */
  readonly overBatch?: boolean;
}

export interface BackwardChoice {
  readonly carried: VectorChoice;
  readonly weights: WeightsChoice;
  readonly slope: VectorChoice;
  /** The weights of the layer above were changed by −rate · δ · xᵀ before they were used. */
  readonly updated: number;
  readonly factor: number;
  /** δ is rounded at last. */
  readonly rounding?: Rounding;
}

export interface WeightsChoice extends Choice {
  readonly formula: (layer: number) => string;
  /** Wᵀ q of layer l + 1; undefined where shapes do not fit. */
  through(pass: Pass, l: number, q: Vector): Vector | undefined;
}

export interface BiasChoice extends Choice {
  readonly formula: (layer: number) => string;
  readonly factor: number;
  of(pass: Pass, l: number): Vector | undefined;
}

/** What multiplies the input in every row of a weight gradient, in place of each neuron's own δ. */
export interface SharedRows extends Required<Choice> {
  readonly formula: (layer: number) => string;
  of(delta: Vector): number;
}

export const layersOf = (network: Network): readonly LayerLayout[] =>
  canonicalLayout(network).layers;

/** z = W x + b, with `bias` as the factor of b. */
export function weightedSum(
  { inputs, outputs, weightOffset, biasOffset }: LayerLayout,
  parameters: Vector,
  x: Vector,
  bias = 1,
): Vector {
  const z = new Float64Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = bias * parameters[biasOffset + o];
    const row = weightOffset + o * inputs;
    for (let i = 0; i < inputs; i++) sum += parameters[row + i] * x[i];
    z[o] = sum;
  }
  return z;
}

export const bytesOf = ({ pixels, features }: Dataset, row: number): Uint8Array =>
  pixels.subarray(row * features, (row + 1) * features);

export const applied = (f: NeuronFunction, z: Vector): Vector => z.map((value) => f.of(value));

/** What leaves a layer. */
export const leavesOf = (
  { isSoftmax, leaves, activation }: ForwardChoice,
  z: Vector,
  layer: LayerLayout,
  parameters: Vector,
): Vector => leaves?.(z, layer, parameters) ?? (isSoftmax ? softmax(z) : applied(activation, z));

/** The forward pass of one row up to layer `until` (all by default); backward parts are empty. */
export function forwardPass(
  program: Pick<Program, "pixels" | "forward">,
  network: Network,
  dataset: Dataset,
  parameters: Vector,
  row: number,
  until = program.forward.length,
): Pass {
  const layers = layersOf(network);
  const { pixels, forward } = program;
  const x = [pixels.of(bytesOf(dataset, pixels.rowOf(row)))];
  const z: Vector[] = [];
  for (let l = 0; l < until; l++) {
    const choice = forward[l];
    z.push(choice.sum(layers[l], parameters, x[l]));
    if (l < layers.length - 1) {
      x.push(
        choice.read?.(parameters, row) ??
          leavesOf(choice, z[l], layers[l], parameters),
      );
    }
  }
  const last = z[layers.length - 1] ?? new Float64Array(0);
  const output = network.outputLoss === "sigmoid-quadratic"
    ? applied(activationNamed("sigmoid"), last)
    : softmax(last);
  const empty = layers.map(() => new Float64Array(0));
  return {
    network,
    layers,
    parameters,
    row,
    label: dataset.labels[row],
    x,
    z,
    output,
    raw: [...empty],
    delta: [...empty],
  };
}

/** Which rows an update of weights has used before they are used to pass δ down. */
export type UpdatedOver = "row" | "mean" | "sum";

/** Fills in raw and delta of the rows of a minibatch. */
export function backwardPasses(
  { output, backward }: Program,
  passes: readonly Pass[],
  over: UpdatedOver = "row",
): void {
  const last = backward.length;
  for (const pass of passes) {
    pass.raw[last] = output.raw(pass).map((value) => value * output.factor);
    pass.delta[last] = output.of(pass).map((value) => value * output.factor);
  }
  for (let l = last - 1; l >= 0; l--) {
    const choice = backward[l];
    for (const pass of passes) {
      const raw = rawBelow(choice, pass, l, over === "row" ? undefined : passes, over);
      const slope = choice.slope.of(pass, l);
      pass.raw[l] = raw;
      const delta = raw.map((value, i) => value * (slope?.[i] ?? NaN));
      pass.delta[l] = choice.rounding ? delta.map(choice.rounding.of) : delta;
    }
  }
}

/** factor · (Wᵀ carried), before the slope. `rows` are those whose gradient has changed W; by default the row itself. */
export function rawBelow(
  choice: BackwardChoice,
  pass: Pass,
  l: number,
  rows: readonly Pass[] = [pass],
  over: UpdatedOver = "row",
): Vector {
  const q = choice.carried.of(pass, l);
  const raw = q && choice.weights.through(pass, l, q);
  if (q === undefined || raw === undefined) {
    return new Float64Array(pass.x[l + 1].length).fill(NaN);
  }
  const rate = over === "mean" ? choice.updated / rows.length : choice.updated;
  if (rate !== 0) {
    for (const row of rows) {
      updatedPart(row, l, q).forEach((value, i) => raw[i] -= rate * value);
    }
  }
  return raw.map((value) => choice.factor * value);
}

/** (δ xᵀ)ᵀ q = x (δ · q) of layer l + 1: what an update of its weights takes away, for a rate of 1. */
export function updatedPart(pass: Pass, l: number, q: Vector): Vector {
  const delta = pass.delta[l + 1];
  let product = 0;
  for (let o = 0; o < delta.length; o++) product += delta[o] * q[o];
  return pass.x[l + 1].map((value) => value * product);
}
