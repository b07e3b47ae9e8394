import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** An IDX image file of (count, rows, columns) bytes. */
export function idxImages(pixels: Uint8Array, rows: number, columns: number): Uint8Array {
  return idx(0x803, [pixels.length / (rows * columns), rows, columns], pixels);
}

/** An IDX label file. */
export function idxLabels(labels: Uint8Array | readonly number[]): Uint8Array {
  return idx(0x801, [labels.length], Uint8Array.from(labels));
}

/** Any IDX file of bytes: header words as given, whether or not they fit the body. */
export function idx(magic: number, dimensions: readonly number[], body: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * dimensions.length + body.length);
  const words = new DataView(file.buffer);
  [magic, ...dimensions].forEach((word, i) => words.setUint32(4 * i, word));
  file.set(body, 4 + 4 * dimensions.length);
  return file;
}

interface IdxSet {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** Writes the four files of a set into `directory` (made when missing), under MNIST's names. */
export function writeIdxSet(
  directory: string,
  { train, test, rows, columns, gzip = true }: {
    readonly train: IdxSet;
    readonly test: IdxSet;
    readonly rows: number;
    readonly columns: number;
    readonly gzip?: boolean;
  },
): void {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, file: Uint8Array) =>
    writeFileSync(join(directory, gzip ? `${name}.gz` : name), gzip ? gzipSync(file) : file);
  write("train-images-idx3-ubyte", idxImages(train.pixels, rows, columns));
  write("train-labels-idx1-ubyte", idxLabels(train.labels));
  write("t10k-images-idx3-ubyte", idxImages(test.pixels, rows, columns));
  write("t10k-labels-idx1-ubyte", idxLabels(test.labels));
}
