import { type Dataset, storedSet } from "./dataset.ts";

/** Pixels that are read at once. */
const CHUNK_BYTES = 2 ** 22;
/** Chunks have a multiple of so many rows. */
const ROWS_TOGETHER = 64;

/** Consecutive rows of a set. */
export interface Chunk {
  /** Number of the first row. */
  readonly first: number;
  readonly count: number;
  /** (count, features) only until the next chunk is asked for. */
  readonly pixels: Uint8Array;
}

/**
 * All rows of a set in order, some at a time: pixels that lie in a file are never in memory at once. Throws RangeError
 * where the file is too short.
 */
export function* chunksOf(dataset: Dataset, bytes = CHUNK_BYTES): Generator<Chunk> {
  const { count, features, stored } = dataset;
  const most = ROWS_TOGETHER * Math.max(1, Math.floor(bytes / features / ROWS_TOGETHER));
  const buffer = stored && new Uint8Array(Math.min(most, count) * features);
  for (let first = 0; first < count; first += most) {
    const rows = Math.min(most, count - first);
    let pixels: Uint8Array;
    if (stored && buffer) {
      pixels = buffer.subarray(0, rows * features);
      stored.read(first, pixels);
    } else {
      pixels = dataset.pixels.subarray(first * features, (first + rows) * features);
    }
    yield { first, count: rows, pixels };
  }
}

/** (features) the pixels of one example: a view, or what the file has. */
export function rowOf(dataset: Dataset, row: number): Uint8Array {
  const { features, stored } = dataset;
  if (stored === undefined) {
    return dataset.pixels.subarray(row * features, (row + 1) * features);
  }
  const pixels = new Uint8Array(features);
  stored.read(row, pixels);
  return pixels;
}

/** Copies the pixels of one example to `into` (features). Makes no garbage where the pixels are in memory. */
export function copyRow(dataset: Dataset, row: number, into: Uint8Array): void {
  const { features, stored } = dataset;
  if (stored !== undefined) return stored.read(row, into);
  const { pixels } = dataset;
  for (let i = 0, at = row * features; i < features; i++) into[i] = pixels[at + i];
}

/**
 * The examples at these positions, in this order, in memory of their own. From a file only they are read, neighbours
 * together: the memory is that of the examples asked for, however large the set.
 */
export function examplesAt(dataset: Dataset, positions: Uint32Array): Dataset {
  const { features, classes, labels, stored } = dataset;
  const pixels = new Uint8Array(positions.length * features);
  for (let n = 0; n < positions.length;) {
    let end = n + 1;
    while (end < positions.length && positions[end] === positions[end - 1] + 1) end++;
    const into = pixels.subarray(n * features, end * features);
    const first = positions[n];
    if (stored) stored.read(first, into);
    else into.set(dataset.pixels.subarray(first * features, first * features + into.length));
    n = end;
  }
  return {
    count: positions.length,
    features,
    classes,
    pixels,
    labels: labelsAt(labels, positions),
  };
}

/** The labels of these positions. */
export function labelsAt(labels: Uint8Array, positions: Uint32Array): Uint8Array {
  const found = new Uint8Array(positions.length);
  for (let n = 0; n < found.length; n++) found[n] = labels[positions[n]];
  return found;
}

/** The first examples, or all if there are fewer, in memory. */
export const headOf = (dataset: Dataset, count: number): Dataset =>
  examplesAt(dataset, Uint32Array.from({ length: Math.min(count, dataset.count) }, (_, n) => n));

/** The examples from `first` on, `count` of them; shares memory, or the file, with `dataset`. */
export function sliceOf(dataset: Dataset, first: number, count: number): Dataset {
  const { features, classes, stored } = dataset;
  const labels = dataset.labels.subarray(first, first + count);
  const described = { count, features, classes, labels };
  if (stored) return storedSet(described, stored.from(first));
  return {
    ...described,
    pixels: dataset.pixels.subarray(first * features, (first + count) * features),
  };
}
