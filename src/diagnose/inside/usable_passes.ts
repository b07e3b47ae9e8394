import type { Branch } from "./forward.ts";
import { norm, type Vector } from "./linear.ts";
import type { Pass } from "./program.ts";
import { clear, deltaOfWeights, type Exactness, type Reading } from "./readings.ts";

/** δ of layer l as the weight gradient has it, or as the bias gradient has it where the former is of no use. */
export function deltaRead(
  { products }: Branch,
  pass: Pass,
  reading: Reading,
  l: number,
  shared: readonly boolean[],
): Vector {
  if (shared[l]) return reading.layers[l].biases;
  const product = products[l]?.of(pass, l);
  return product && norm(product) > 0
    ? deltaOfWeights(reading.layers[l], product)
    : reading.layers[l].biases;
}

export function usablePasses(
  branch: Branch,
  passes: readonly Pass[],
  readings: readonly Reading[],
  l: number,
  exactness: Exactness,
  shared: readonly boolean[],
): { pass: Pass; reading: Reading; delta: Vector }[] {
  const all = passes.map((pass, q) => ({
    pass,
    reading: readings[q],
    delta: deltaRead(branch, pass, readings[q], l, shared),
  }));
  // Where nothing enters a layer, only the bias gradient shows δ, and it may have another factor.
  const ofWeights = all.filter(({ pass, reading }) =>
    reading.layers[l].weights.size > 0 && norm(branch.products[l]?.of(pass, l) ?? []) > 0
  );
  return clear(ofWeights.length > 0 ? ofWeights : all, ({ delta }) => norm(delta), exactness);
}
