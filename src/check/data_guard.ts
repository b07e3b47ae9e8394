import type { Random } from "../base/random.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Fault } from "../format/fault.ts";

/**
 * Records the labels and a checksum of each row's pixels. The function returned says what has changed since, in the
 * given rows or in all; undefined if nothing has. The checksums are keyed with random numbers that an implementation
 * cannot know, so it cannot make a change that fits them.
 *
 * Pixels that stay in a file have no checksums: the oracle reads them there, whatever a program does with its own copy.
 */
export function noteData(
  dataset: Dataset,
  random: Random,
): (rows?: Uint32Array) => Fault | undefined {
  const { count } = dataset;
  const labels = dataset.labels.slice();
  const hasChanged = dataset.stored ? () => false : notePixels(dataset, random);
  return (rows) => {
    const length = rows?.length ?? count;
    for (let n = 0; n < length; n++) {
      const row = rows === undefined ? n : rows[n];
      if (dataset.labels[row] !== labels[row]) {
        return { kind: "changed", what: "label", row };
      }
      if (hasChanged(row)) return { kind: "changed", what: "pixels", row };
    }
    return undefined;
  };
}

/** Whether the pixels of a row have changed since. */
function notePixels(
  { pixels, features, count }: Dataset,
  random: Random,
): (row: number) => boolean {
  const key = random.integer(2 ** 32) | 1;
  const start = random.integer(2 ** 32);
  // Four bytes at a time if rows are whole words, as with 28 × 28 pixels.
  const words = features % 4 === 0 && pixels.byteOffset % 4 === 0
    ? new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4)
    : pixels;
  const perRow = words.length / count;
  const checksum = (row: number): number => {
    let sum = start;
    for (let at = row * perRow, end = at + perRow; at < end; at++) {
      sum = Math.imul(sum ^ words[at], key);
      sum ^= sum >>> 15;
    }
    return sum >>> 0;
  };
  /** (count) */
  const sums = new Uint32Array(count);
  for (let row = 0; row < count; row++) sums[row] = checksum(row);
  return (row) => checksum(row) !== sums[row];
}
