import { join, resolve } from "node:path";
import { writeTemporary } from "../base/files.ts";
import { readRange } from "../base/large_files.ts";
import type { Dataset } from "./dataset.ts";
import type { PreparedData } from "./schemas.ts";
import { balancedOrder, takeSubset } from "./subset.ts";

/**
 * Writes the first `examples` rows of the balanced order for `seed`, and the test set, into `directory`. All
 * seeds share the test files. Throws InputError if the system refuses.
 */
export function writePrepared(
  directory: string,
  sets: { readonly train: Dataset; readonly test: Dataset },
  seed: number,
  examples: number,
): PreparedData {
  const { train, test } = sets;
  const subset = takeSubset(train, balancedOrder(train.labels, train.classes, seed), examples);
  const folder = resolve(directory);
  const write = (name: string, bytes: Uint8Array) => writeTemporary(join(folder, name), bytes);
  return {
    trainPixels: write(`subset-${seed}.pixels`, subset.pixels),
    trainLabels: write(`subset-${seed}.labels`, subset.labels),
    testPixels: write("test.pixels", test.pixels),
    testLabels: write("test.labels", test.labels),
    features: train.features,
    classes: train.classes,
    testExamples: test.count,
  };
}

/**
 * Reads the first `examples` rows and the test set. Needs only permission to read the four files. Throws
 * RangeError if a file has fewer rows.
 */
export function readPrepared(
  prepared: PreparedData,
  examples: number,
): { subset: Dataset; test: Dataset } {
  const { features, classes, testExamples } = prepared;
  const set = (pixels: string, labels: string, count: number): Dataset => ({
    count,
    features,
    classes,
    pixels: readExactly(pixels, count * features),
    labels: readExactly(labels, count),
    files: { pixels, labels },
  });
  return {
    subset: set(prepared.trainPixels, prepared.trainLabels, examples),
    test: set(prepared.testPixels, prepared.testLabels, testExamples),
  };
}

/** Reads the first `length` bytes of a file, so that a trial on 1,000 examples holds only its own. */
function readExactly(path: string, length: number): Uint8Array {
  const bytes = readRange(path, 0, length);
  if (bytes.length < length) {
    throw new RangeError(
      `Cannot read prepared data "${path}": ${bytes.length} bytes, expected at least ${length}`,
    );
  }
  return bytes;
}
