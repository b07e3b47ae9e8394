import type { Dataset } from "../data/dataset.ts";
import { rowOf } from "../data/rows.ts";
import { sigmoid } from "../model/activation.ts";
import { addDecay, pixelTable, targetsIn } from "../model/convention.ts";
import { canonicalLayout, type LayerLayout, parameterCount } from "../model/layout.ts";
import type { HiddenActivation, Network, OutputLoss } from "../model/network.ts";

/** A precision's unit roundoff u and smallest normal number, below which results may become 0. */
interface Rounding {
  readonly unit: number;
  readonly tiny: number;
}

export const ROUNDING = {
  float32: { unit: 2 ** -24, tiny: 2 ** -126 },
  float64: { unit: 2 ** -53, tiny: 2 ** -1022 },
} as const;

/** Largest rounding errors of a mean loss and of its gradient (canonical order, elementwise). */
interface ErrorBound {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** Units in the last place that exp, tanh or log may be off in a decent library. */
const FUNCTION_UNITS = 4;

/** The same for a pixel that an expression gives, relative to 1 + its value: terms may cancel. */
const EXPRESSION_UNITS = 8;

/**
 * The λ of the probabilistic bound. With independent rounding errors, a sum of n terms is off by more than λ√n·u with
 * probability below 2n·exp(−λ²/2): below 3·10⁻⁵ for n = 784.
 */
const LAMBDA = 6;

/**
 * Bound on the rounding error of a sum of n products in any order, relative to the sum of their absolute values. It is
 * the smaller of the worst case γₙ ≈ n·u (N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, eq.
 * 3.4) and the probabilistic λ√n·u (N. Higham, T. Mary, SIAM J. Sci. Comput. 41, 2019, A2815, theorem 2.4), plus two
 * units for rounding a factor and storing the result.
 */
export function sumError(terms: number, unit: number): number {
  return (Math.min(terms, LAMBDA * Math.sqrt(terms)) + 2) * unit;
}

/**
 * Bound on the rounding error of the gradient, by running error analysis (Higham 2002, section 3.3): each number of the
 * reference computation carries an error bound, which each formula passes on through its derivatives, to second order
 * where the first may vanish. So long sums, saturated neurons (where 1 − a loses its digits) and cancelling terms widen
 * the bound where they occur, and a gradient of 0 has a derived floor too.
 *
 * `rows` may be a sample of a minibatch of `batchSize` rows, because the bound is a mean over rows.
 */
export function errorBound(
  network: Network,
  parameters: Float64Array,
  dataset: Dataset,
  rows: Uint32Array,
  batchSize: number,
  rounding: Rounding,
): ErrorBound {
  const { layers } = canonicalLayout(network);
  const gradient = new Float64Array(parameterCount(network));
  const { unit } = rounding;
  const last = layers.length - 1;
  const values = pixelTable(network);
  const units = network.convention?.pixels === undefined ? 2 : EXPRESSION_UNITS;
  const targets = targetsIn(network);
  let loss = 0;

  for (const row of rows) {
    const a0 = Float64Array.from(rowOf(dataset, row), (byte) => values[byte]);
    /** Input of each layer, with its error bound. */
    const inputs: Bounded[] = [{
      value: a0,
      error: a0.map((a) => units * unit * (units === 2 ? a : 1 + Math.abs(a))),
    }];
    /** f′(z) of each layer's input, with its error bound; a placeholder for the pixels. */
    const slopes: Bounded[] = [{ value: a0, error: a0 }];
    for (let l = 0; l < last; l++) {
      const z = weightedSums(layers[l], parameters, inputs[l], rounding);
      inputs.push(activations(network.hiddenActivation, z, rounding));
      slopes.push(activationSlopes(network.hiddenActivation, z, inputs[l + 1], unit));
    }
    const z = weightedSums(layers[last], parameters, inputs[last], rounding);
    const output = outputDelta(network.outputLoss, z, dataset.labels[row], targets, rounding);
    loss += output.lossError + sumError(batchSize, unit) * output.loss;

    let delta = output.delta;
    for (let l = last; l >= 0; l--) {
      addGradientErrors(layers[l], delta, inputs[l], sumError(batchSize, unit), gradient);
      if (l > 0) delta = hiddenDelta(layers[l], parameters, delta, slopes[l], rounding);
    }
  }
  for (let p = 0; p < gradient.length; p++) gradient[p] = gradient[p] / rows.length + rounding.tiny;
  const decayError = addDecayErrors(network, parameters, gradient, unit);
  return { loss: loss / rows.length + decayError + rounding.tiny, gradient };
}

/** Errors of λw, three roundings each; returns the error of ½λ‖W‖². */
function addDecayErrors(
  network: Network,
  parameters: Float64Array,
  errors: Float64Array,
  unit: number,
): number {
  const decays = new Float64Array(errors.length);
  const penalty = addDecay(network, parameters, decays);
  for (let p = 0; p < errors.length; p++) errors[p] += 3 * unit * Math.abs(decays[p]);
  return sumError(parameters.length, unit) * penalty;
}

/** A vector with an error bound for each element. */
interface Bounded {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

function bounded(size: number): Bounded {
  return { value: new Float64Array(size), error: new Float64Array(size) };
}

/** z = W·a + b. Its error is the sum's rounding plus |W|·(error of a). */
function weightedSums(
  layer: LayerLayout,
  parameters: Float64Array,
  input: Bounded,
  { unit, tiny }: Rounding,
): Bounded {
  const z = bounded(layer.outputs);
  const growth = sumError(layer.inputs + 1, unit);
  for (let o = 0; o < layer.outputs; o++) {
    let sum = parameters[layer.biasOffset + o];
    let magnitude = Math.abs(sum);
    let error = 0;
    const row = layer.weightOffset + o * layer.inputs;
    for (let i = 0; i < layer.inputs; i++) {
      const term = parameters[row + i] * input.value[i];
      sum += term;
      magnitude += Math.abs(term);
      error += Math.abs(parameters[row + i]) * input.error[i];
    }
    z.value[o] = sum;
    z.error[o] = error + growth * magnitude + tiny;
  }
  return z;
}

/** a = f(z). σ and tanh may have an absolute error, because σ may be computed as (1 + tanh(z/2)) / 2. */
function activations(activation: HiddenActivation, z: Bounded, { unit, tiny }: Rounding): Bounded {
  const a = bounded(z.value.length);
  for (let o = 0; o < z.value.length; o++) {
    const value = z.value[o];
    if (activation === "relu") {
      a.value[o] = Math.max(value, 0);
      a.error[o] = value < -z.error[o] ? 0 : z.error[o];
      continue;
    }
    const out = activation === "sigmoid" ? sigmoid(value) : Math.tanh(value);
    const slope = activation === "sigmoid" ? out * (1 - out) : 1 - out * out;
    a.value[o] = out;
    a.error[o] = slope * z.error[o] + FUNCTION_UNITS * unit + tiny;
  }
  return a;
}

/** f′(z) from a. If z is within its error of relu's kink, the slope may be 0 or 1. */
function activationSlopes(
  activation: HiddenActivation,
  z: Bounded,
  a: Bounded,
  unit: number,
): Bounded {
  const slope = bounded(z.value.length);
  for (let o = 0; o < z.value.length; o++) {
    const value = a.value[o];
    if (activation === "relu") {
      slope.value[o] = z.value[o] > 0 ? 1 : 0;
      slope.error[o] = Math.abs(z.value[o]) <= z.error[o] ? 1 : 0;
    } else if (activation === "sigmoid") {
      slope.value[o] = value * (1 - value);
      slope.error[o] = Math.abs(1 - 2 * value) * a.error[o] + 2 * unit * slope.value[o];
    } else {
      slope.value[o] = 1 - value * value;
      slope.error[o] = 2 * Math.abs(value) * a.error[o] + 2 * unit;
    }
  }
  return slope;
}

/**
 * The output layer's δ and loss, with their errors.
 *
 * A saturated σ makes the first-order terms of the quadratic loss vanish: where a and y are 0, an absolute error e of a
 * (a kernel may keep a at σ(−30) or round it) moves ½(a − y)² by (a − y)e + ½e², of which only ½e² is left. So both
 * expansions go to second order: that of the loss then ends, and δ = (a − y)a(1 − a) has ½δ″ = 1 − 2a − (a − y).
 */
function outputDelta(
  outputLoss: OutputLoss,
  z: Bounded,
  label: number,
  [low, high]: readonly [low: number, high: number],
  { unit, tiny }: Rounding,
): { delta: Bounded; loss: number; lossError: number } {
  const classes = z.value.length;
  const delta = bounded(classes);
  let loss = 0;
  let lossError = 0;
  if (outputLoss === "sigmoid-quadratic") {
    for (let k = 0; k < classes; k++) {
      const a = sigmoid(z.value[k]);
      const slope = a * (1 - a);
      const error = slope * z.error[k] + FUNCTION_UNITS * unit + tiny;
      const difference = k === label ? a - high : a - low;
      delta.value[k] = difference * slope;
      delta.error[k] = Math.abs(slope + difference * (1 - 2 * a)) * error +
        Math.abs(1 - 2 * a - difference) * error * error + 4 * unit * Math.abs(delta.value[k]);
      loss += 0.5 * difference * difference;
      lossError += Math.abs(difference) * error + 0.5 * error * error;
    }
    return { delta, loss, lossError: lossError + sumError(classes, unit) * loss };
  }
  const greatest = z.value.reduce((most, value) => Math.max(most, value), -Infinity);
  const exponentials = z.value.map((value) => Math.exp(value - greatest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  // A change dz moves log Σ eᶻ by Σ softmax·dz. Subtracting the greatest z rounds each z once more.
  const zErrors = z.error.map((error, k) => error + unit * Math.abs(z.value[k] - greatest));
  const meanError = zErrors.reduce((total, error, k) => total + error * exponentials[k] / sum, 0);
  const functionError = FUNCTION_UNITS * unit + sumError(classes, unit);
  const total = high + (classes - 1) * low;
  for (let k = 0; k < classes; k++) {
    const a = exponentials[k] / sum;
    delta.value[k] = a * total - (k === label ? high : low);
    delta.error[k] = Math.abs(total) * a * (zErrors[k] + meanError + functionError) +
      unit * Math.abs(delta.value[k]) + tiny;
    loss += low * (Math.log(sum) + greatest - z.value[k]);
    lossError += Math.abs(low) * zErrors[k];
  }
  // A kernel that does not subtract the greatest z cancels log and z, so their size sets the rounding.
  loss += (high - low) * (Math.log(sum) + greatest - z.value[label]);
  lossError += (high - low) * zErrors[label] + Math.abs(total) * (meanError + functionError) +
    2 * unit * (Math.abs(total) * (Math.abs(greatest) + Math.abs(z.value[label])) + loss);
  return { delta, loss, lossError };
}

/** δ below = Wᵀδ ⊙ f′(z) */
function hiddenDelta(
  layer: LayerLayout,
  parameters: Float64Array,
  delta: Bounded,
  slope: Bounded,
  { unit, tiny }: Rounding,
): Bounded {
  const below = bounded(layer.inputs);
  const growth = sumError(layer.outputs, unit);
  for (let i = 0; i < layer.inputs; i++) {
    let sum = 0;
    let magnitude = 0;
    let error = 0;
    for (let o = 0; o < layer.outputs; o++) {
      const weight = parameters[layer.weightOffset + o * layer.inputs + i];
      sum += weight * delta.value[o];
      magnitude += Math.abs(weight * delta.value[o]);
      error += Math.abs(weight) * delta.error[o];
    }
    below.value[i] = sum * slope.value[i];
    const sumBound = error + growth * magnitude;
    below.error[i] = Math.abs(slope.value[i]) * sumBound +
      (Math.abs(sum) + sumBound) * slope.error[i] + 2 * unit * Math.abs(below.value[i]) + tiny;
  }
  return below;
}

/** gradient += errors of δaᵀ, of δ and of their sum over the minibatch (growth). */
function addGradientErrors(
  layer: LayerLayout,
  delta: Bounded,
  input: Bounded,
  growth: number,
  gradient: Float64Array,
): void {
  for (let o = 0; o < layer.outputs; o++) {
    const size = Math.abs(delta.value[o]);
    const biasError = delta.error[o] + growth * size;
    const row = layer.weightOffset + o * layer.inputs;
    for (let i = 0; i < layer.inputs; i++) {
      // The last product is of second order: where a and δ are both nearly 0 only it is left.
      gradient[row + i] += Math.abs(input.value[i]) * biasError +
        (size + biasError) * input.error[i];
    }
    gradient[layer.biasOffset + o] += biasError;
  }
}
