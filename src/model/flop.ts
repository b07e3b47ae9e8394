import { parameterCount } from "./layout.ts";
import { type HiddenActivation, layerShapes, type Network, type OutputLoss } from "./network.ts";

/**
 * FLOP of an activation's slope, from its value a, times the gradient g from above:
 * sigmoid a·(1 − a)·g, tanh (1 − a·a)·g, relu (0 or 1)·g.
 */
const SLOPE_FLOP: Record<HiddenActivation, number> = { sigmoid: 3, tanh: 3, relu: 1 };

/** FLOP of one output's delta, (a − y)·a·(1 − a) or a − y, and of its division by B for the mean. */
const OUTPUT_DELTA_FLOP: Record<OutputLoss, number> = {
  "sigmoid-quadratic": 5,
  "softmax-cross-entropy": 2,
};

/**
 * FLOP of one example's gradient in a dense network.
 *
 * A multiplication and an addition count 1 each. An activation (sigmoid, tanh, relu, one output of a softmax)
 * counts 1 by convention, because its true cost depends on the machine. Zero pixels count like any other;
 * `flopSkippingZeros` leaves them out. The value of the loss is not counted.
 *
 * - forward, each layer: w·a + b is 2·in·out; activations are out.
 * - backward, each layer: weight gradient δaᵀ, added up over the minibatch, 2·in·out; bias gradient, out. Each
 *   layer but the first also passes wᵀδ down, in·(2·out − 1), times the activation's slope.
 *   The first layer needs no gradient of its input, so the total is below 6 × parameters.
 */
export function flopPerExample(network: Network) {
  const { layerSizes, hiddenActivation, outputLoss } = network;
  let forward = 0;
  let backward = OUTPUT_DELTA_FLOP[outputLoss] * layerSizes[layerSizes.length - 1];
  for (const [l, { inputs, outputs }] of layerShapes(network).entries()) {
    forward += 2 * inputs * outputs + outputs;
    backward += 2 * inputs * outputs + outputs;
    if (l > 0) backward += inputs * (2 * outputs - 1) + SLOPE_FLOP[hiddenActivation] * inputs;
  }
  return { forward, backward, total: forward + backward };
}

/** FLOP of one update, parameters −= rate · gradient: a multiplication and a subtraction each. */
export function flopPerUpdate(network: Network): number {
  return 2 * parameterCount(network);
}

/**
 * FLOP of a subset's gradients if zero pixels are skipped: the dense count less the first layer's multiplication
 * and addition for each zero pixel and neuron, in the forward pass and in the weight gradient. `nonZeroPixels`
 * counts all `examples` together.
 */
export function flopSkippingZeros(
  network: Network,
  examples: number,
  nonZeroPixels: number,
): number {
  const [pixels, neurons] = network.layerSizes;
  const zeroPixels = examples * pixels - nonZeroPixels;
  return examples * flopPerExample(network).total - 4 * neurons * zeroPixels;
}
