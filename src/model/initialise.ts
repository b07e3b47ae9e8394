import { randomFrom } from "../base/random.ts";
import { parameterCount } from "./layout.ts";
import { type Initialisation, layerShapes, type Network } from "./network.ts";

/**
 * Seeded initial parameters: (parameterCount) in canonical order, drawn in that order.
 *
 * - `uniform`: weights and biases uniform in (−1, 1).
 * - `scaled-normal`: weights N(0, 1/√fan-in), where 1/√fan-in is the standard deviation, so that a layer's sums
 *   vary about as much as its inputs; biases N(0, 1). M. Nielsen, Neural Networks and Deep Learning (2015),
 *   chapter 3, "Weight initialization".
 *
 * Rounded to float32, so that implementations of both precisions start from identical numbers.
 */
export function initialParameters(
  network: Network,
  initialisation: Initialisation,
  seed: number,
): Float64Array {
  const random = randomFrom(seed, "initialise");
  const parameters = new Float64Array(parameterCount(network));
  let index = 0;
  for (const { inputs, outputs } of layerShapes(network)) {
    const weight = initialisation === "uniform"
      ? () => openUniform(random.uniform)
      : () => random.normal() / Math.sqrt(inputs);
    const bias = initialisation === "uniform" ? weight : () => random.normal();
    for (let n = 0; n < outputs * inputs; n++) parameters[index++] = Math.fround(weight());
    for (let n = 0; n < outputs; n++) parameters[index++] = Math.fround(bias());
  }
  return parameters;
}

/** Uniform in (−1, 1), without both ends even after rounding to float32. */
function openUniform(uniform: () => number): number {
  const value = 2 * uniform() - 1;
  return Math.abs(Math.fround(value)) < 1 ? value : openUniform(uniform);
}
