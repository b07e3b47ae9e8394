import { randomFrom, shuffle } from "../base/random.ts";

/**
 * The order in which epoch `epoch` (1 = the first) visits the rows of a subset: a shuffle of
 * 0 … examples − 1 that depends on the seed and the epoch alone, so that every implementation meets the
 * same minibatches.
 */
export function epochOrder(examples: number, seed: number, epoch: number): Uint32Array {
  const order = new Uint32Array(examples);
  for (let n = 0; n < examples; n++) order[n] = n;
  return shuffle(order, randomFrom(seed, `epoch ${epoch}`));
}

/**
 * The minibatches of an order: ⌈examples / batchSize⌉ views of its memory, nothing copied. The last one is
 * ragged (shorter) when batchSize does not divide the number of examples.
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
