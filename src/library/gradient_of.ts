import { InputError } from "../base/errors.ts";
import { canonicalLayout, parameterCount } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { referenceGradientOf } from "../model/reference.ts";
import { completeNetwork } from "./library_network.ts";

/** Weights [layer][out][in] and biases [layer][out], each row a list or a typed array. */
export interface LayerLists {
  readonly weights: readonly (readonly ArrayLike<number>[])[];
  readonly biases: readonly ArrayLike<number>[];
}

/** Images [n][pixel], numbers as they enter the network, usually from 0 to 1, and labels [n], whole numbers from 0. */
export interface ImageBatch {
  readonly images: readonly ArrayLike<number>[];
  readonly labels: ArrayLike<number>;
}

/** A gradient of the mean loss, in the shapes of the parameters, and that loss. */
export interface OracleGradient {
  readonly loss: number;
  readonly weights: number[][][];
  readonly biases: number[][];
}

/**
 * The gradient of the mean loss over a minibatch by the oracle: plain float64 loops in the order of the formulas, proved
 * against central differences. For comparisons of your own; it is slow.
 *
 * `network` has the defaults of `checkGradient` for fields that are absent. Shapes: parameters.weights[l][out][in],
 * parameters.biases[l][out], batch.images[n][pixel], batch.labels[n]. Formulas: M. Nielsen, Neural Networks and Deep
 * Learning (2015), chapter 2.
 *
 * Throws InputError where a shape does not fit the network.
 *
 * @example
 * ```ts
 * import { gradientOf } from "slope-bench";
 *
 * const { loss, weights } = gradientOf(
 *   { layerSizes: [2, 1] },
 *   { weights: [[[0.5, -1]]], biases: [[0.1]] },
 *   { images: [[1, 0.25]], labels: [0] },
 * );
 * ```
 */
export function gradientOf(
  network: Partial<Network>,
  parameters: LayerLists,
  batch: ImageBatch,
): OracleGradient {
  const whole = completeNetwork(network);
  const { layers } = canonicalLayout(whole);
  const { images, labels } = batch;
  const { weights, biases } = parameters;
  const classes = whole.layerSizes[whole.layerSizes.length - 1];
  expect("weights", weights, layers.length);
  expect("biases", biases, layers.length);
  expect("labels", labels, images.length);
  if (images.length === 0) throw wrongShape("images", "an empty list", "at least one image");

  const flat = new Float64Array(parameterCount(whole));
  for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layers.entries()) {
    expect(`weights[${l}]`, weights[l], outputs);
    expect(`biases[${l}]`, biases[l], outputs);
    for (let o = 0; o < outputs; o++) {
      expect(`weights[${l}][${o}]`, weights[l][o], inputs);
      flat.set(weights[l][o], weightOffset + o * inputs);
    }
    flat.set(biases[l], biasOffset);
  }
  for (const [n, image] of images.entries()) {
    expect(`images[${n}]`, image, whole.layerSizes[0]);
    const label = labels[n];
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw wrongShape(`labels[${n}]`, String(label), `a whole number from 0 to ${classes - 1}`);
  }

  const gradient = new Float64Array(flat.length);
  const inputOf = (n: number) => Float64Array.from(images[n]);
  const loss = referenceGradientOf(
    whole,
    flat,
    images.length,
    inputOf,
    (n) => labels[n],
    gradient,
  );
  return {
    loss,
    weights: layers.map(({ inputs, outputs, weightOffset }) =>
      Array.from({ length: outputs }, (_, o) => {
        const at = weightOffset + o * inputs;
        return [...gradient.subarray(at, at + inputs)];
      })
    ),
    biases: layers.map(({ outputs, biasOffset }) => [
      ...gradient.subarray(biasOffset, biasOffset + outputs),
    ]),
  };
}

function expect(name: string, list: ArrayLike<unknown> | undefined, length: number): void {
  const found = list?.length;
  if (found === length) return;
  const state = found === undefined ? "no list" : `a list of ${found}`;
  throw wrongShape(name, state, `a list of ${length}`);
}

const wrongShape = (name: string, found: string, expected: string): InputError =>
  new InputError(
    `Cannot compute the gradient: ${name} is ${found}, expected ${expected}`,
    "weights are [layer][out][in], biases [layer][out], images [n][pixel] and labels [n]",
  );
