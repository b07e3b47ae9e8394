import { USUAL_TARGETS } from "./convention.ts";
import type { HiddenActivation, OutputLoss } from "./network.ts";

type Numbers = Float32Array | Float64Array | number[];

/** σ(z) = 1 / (1 + e^−z). Correct at both ends: e^−z overflows to Infinity, and 1 / Infinity is 0. */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

export function activate(activation: HiddenActivation, z: number): number {
  if (activation === "sigmoid") return sigmoid(z);
  if (activation === "tanh") return Math.tanh(z);
  return z < 0 ? 0 : z; // NaN passes through
}

/**
 * f′(z) of a hidden neuron from its activation a, so that z need not be kept: a(1 − a), 1 − a², or for relu 1
 * where a > 0. At z = 0 the slope of relu is defined as 0.
 */
export function activationSlope(activation: HiddenActivation, a: number): number {
  if (activation === "sigmoid") return a * (1 - a);
  if (activation === "tanh") return 1 - a * a;
  return a > 0 ? 1 : 0;
}

/**
 * Returns one example's loss; replaces its outputs z by δ = dLoss/dz. `outputs` holds them from `at` on, `classes`
 * numbers.
 *
 * The target y has `high` at the label and `low` elsewhere, usually 1 and 0.
 *
 * - sigmoid-quadratic: loss ½‖a − y‖² with a = σ(z); δ = (a − y)·a·(1 − a).
 * - softmax-cross-entropy: loss −Σ y·log softmax(z); δ = softmax(z)·Σy − y. The greatest z is subtracted before
 *   e^z, and the sum's logarithm is taken once, which prevents overflow and underflow
 *   (P. Blanchard, D. J. Higham, N. J. Higham, IMA J. Numer. Anal. 41, 2021, eq. 1.3).
 */
export function outputLossAndDelta(
  outputLoss: OutputLoss,
  outputs: Numbers,
  at: number,
  classes: number,
  label: number,
  targets: readonly [low: number, high: number] = USUAL_TARGETS,
): number {
  const low = targets[0];
  const high = targets[1];
  if (outputLoss === "sigmoid-quadratic") {
    let loss = 0;
    for (let k = 0; k < classes; k++) {
      const a = sigmoid(outputs[at + k]);
      const difference = k === label ? a - high : a - low;
      loss += 0.5 * difference * difference;
      outputs[at + k] = difference * a * (1 - a);
    }
    return loss;
  }
  let greatest = outputs[at];
  for (let k = 1; k < classes; k++) {
    if (outputs[at + k] > greatest) greatest = outputs[at + k];
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(outputs[at + k] - greatest);
  const total = high + (classes - 1) * low;
  let loss = total * Math.log(sum) - (high - low) * (outputs[at + label] - greatest);
  for (let k = 0; k < classes; k++) {
    const a = Math.exp(outputs[at + k] - greatest) / sum;
    loss -= low === 0 ? 0 : low * (outputs[at + k] - greatest);
    outputs[at + k] = a * total - (k === label ? high : low);
  }
  return loss;
}
