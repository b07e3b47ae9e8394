import { mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { checkSpace } from "../base/disk_space.ts";
import { InputError } from "../base/errors.ts";
import { cannotWriteTemporary, writeTemporary } from "../base/files.ts";
import { readRange } from "../base/large_files.ts";
import { type Dataset, storedSet } from "./dataset.ts";
import { PixelFile } from "./pixel_file.ts";
import { examplesAt, labelsAt } from "./rows.ts";
import type { PreparedData } from "./schemas.ts";
import { balancedOrder, prefixOf } from "./subset.ts";
import { writeRows } from "./write_rows.ts";

/** Larger subsets stay in their file: a kernel that makes its own form of the pixels reads them piece by piece. */
const MOST_IN_MEMORY = 2 ** 28;

const SPACE = "free space there, or name another temporary folder with TMPDIR";

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
  const order = prefixOf(balancedOrder(train.labels, train.classes, seed), examples);
  const folder = resolve(directory);
  const write = (name: string, bytes: Uint8Array) => writeTemporary(join(folder, name), bytes);
  const trainPixels = join(folder, `subset-${seed}.pixels`);
  try {
    mkdirSync(dirname(trainPixels), { recursive: true });
    checkSpace(folder, examples * (train.features + 1), "a subset", SPACE);
    writeRows(trainPixels, train, order);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw cannotWriteTemporary(trainPixels, error);
  }
  return {
    trainPixels,
    trainLabels: write(`subset-${seed}.labels`, labelsAt(train.labels, order)),
    testPixels: write("test.pixels", test.pixels),
    testLabels: write("test.labels", test.labels),
    features: train.features,
    classes: train.classes,
    testExamples: test.count,
  };
}

/**
 * Reads the first `examples` rows and the test set. Needs only permission to read the four files. Throws
 * RangeError if a file has fewer rows. The pixels of more than `mostInMemory` bytes stay in their file until somebody
 * asks for all of them.
 */
export function readPrepared(
  prepared: PreparedData,
  examples: number,
  mostInMemory = MOST_IN_MEMORY,
): { subset: Dataset; test: Dataset } {
  const { features, classes, testExamples } = prepared;
  const set = (path: string, labelPath: string, count: number): Dataset => {
    const bytes = count * features;
    const isHeld = bytes <= mostInMemory;
    const size = isHeld ? bytes : statSync(path).size;
    if (size < bytes) throw tooShort(path, size, bytes);
    const pixels = isHeld ? readExactly(path, bytes) : undefined;
    const labels = readExactly(labelPath, count);
    const files = { pixels: path, labels: labelPath };
    const described = { count, features, classes, labels, files };
    return pixels
      ? { ...described, pixels }
      : storedSet(described, new PixelFile(path, 0, features));
  };
  return {
    subset: set(prepared.trainPixels, prepared.trainLabels, examples),
    test: set(prepared.testPixels, prepared.testLabels, testExamples),
  };
}

/**
 * The examples at these positions of the subset, below `examples`: what one of several processes holds that share a
 * subset. Only they are read, in ranges. Throws RangeError for a position beyond the subset or the files.
 */
export function readPositions(
  prepared: PreparedData,
  examples: number,
  positions: Uint32Array,
): Dataset {
  const beyond = positions.find((position) => position >= examples);
  if (beyond !== undefined) {
    throw new RangeError(`Cannot read example ${beyond}: the subset has ${examples} examples`);
  }
  return examplesAt(readPrepared(prepared, examples, 0).subset, positions);
}

/** Reads `length` bytes of a file, so that a trial on 1,000 examples holds only its own. */
function readExactly(path: string, length: number): Uint8Array {
  const bytes = readRange(path, 0, length);
  if (bytes.length < length) throw tooShort(path, bytes.length, length);
  return bytes;
}

const tooShort = (path: string, bytes: number, expected: number) =>
  new RangeError(
    `Cannot read prepared data "${path}": ${bytes} bytes, expected at least ${expected}`,
  );
