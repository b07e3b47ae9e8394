import { randomFrom, shuffle } from "../base/random.ts";

/**
 * The order in which epoch `epoch` (1 = the first) visits the rows of a subset. It depends only on the seed and the
 * epoch, so every implementation sees the same minibatches.
 */
export function epochOrder(examples: number, seed: number, epoch: number): Uint32Array {
  const order = new Uint32Array(examples);
  for (let n = 0; n < examples; n++) order[n] = n;
  return shuffle(order, randomFrom(seed, `epoch ${epoch}`));
}

/**
 * Cuts an order into ⌈examples / batchSize⌉ minibatches, which are views of it. The last one is shorter if
 * batchSize does not divide the number of examples. Throws RangeError if batchSize is no positive whole number.
 */
export function minibatches(order: Uint32Array, batchSize: number): Uint32Array[] {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot cut minibatches: batch size is ${batchSize}, expected a whole number of at least 1`,
    );
  }
  const batches: Uint32Array[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    batches.push(order.subarray(start, start + batchSize));
  }
  return batches;
}
