import { randomFrom, shuffle } from "../base/random.ts";
import type { Dataset } from "./dataset.ts";
import { examplesAt } from "./rows.ts";

/**
 * A permutation of the examples in which every prefix is class-balanced: the first m are the subset of m examples,
 * and smaller subsets lie within larger ones.
 *
 * Examples are dealt in blocks, one of each class that is not exhausted, in shuffled order. So a prefix's class
 * counts differ by at most one until a class runs out. MNIST's classes have 5,421 to 6,742 examples, so prefixes
 * beyond 54,210 are no longer balanced.
 *
 * @param labels (count) labels, each below `classes`
 * @returns (count) row numbers
 */
export function balancedOrder(labels: Uint8Array, classes: number, seed: number): Uint32Array {
  const counts = classCounts(labels, classes);
  const members = Array.from(counts, (count) => new Uint32Array(count));
  const filled = new Uint32Array(classes);
  for (let n = 0; n < labels.length; n++) members[labels[n]][filled[labels[n]]++] = n;

  const random = randomFrom(seed, "subset");
  for (const indices of members) shuffle(indices, random);

  const order = new Uint32Array(labels.length);
  const taken = new Uint32Array(classes);
  let left = Array.from(counts.keys()).filter((label) => counts[label] > 0);
  for (let position = 0; left.length > 0;) {
    shuffle(left, random);
    for (const label of left) order[position++] = members[label][taken[label]++];
    left = left.filter((label) => taken[label] < counts[label]);
  }
  return order;
}

/** The first `examples` rows of `order`. Throws RangeError if there are not so many. */
export function prefixOf(order: Uint32Array, examples: number): Uint32Array {
  if (!(Number.isInteger(examples) && examples >= 1 && examples <= order.length)) {
    throw new RangeError(
      `Cannot take a subset: ${examples} examples asked for, expected 1 to ${order.length}`,
    );
  }
  return order.subarray(0, examples);
}

/** Copies the first `examples` rows of `order` into a new dataset. Throws RangeError if there are not so many. */
export const takeSubset = (dataset: Dataset, order: Uint32Array, examples: number): Dataset =>
  examplesAt(dataset, prefixOf(order, examples));

/** (classes) number of examples of each class. Throws RangeError for a label not below `classes`. */
export function classCounts(labels: Uint8Array, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (let n = 0; n < labels.length; n++) {
    if (labels[n] >= classes) {
      throw new RangeError(
        `Cannot count classes: label ${labels[n]} of example ${n}, expected below ${classes}`,
      );
    }
    counts[labels[n]]++;
  }
  return counts;
}
