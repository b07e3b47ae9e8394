import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assemble } from "../../src/data/assemble.ts";
import { loadSet } from "../../src/data/files/load_set.ts";
import { badInput } from "./bad_input.ts";
import { withFolder } from "./cli.ts";
import { idxOf, writeFiles } from "./data_files.ts";
import { idxImages, idxLabels } from "./idx.ts";

/** Two classes, images of 2 × 3; no row of pixels is like another. */
export const PIXELS = {
  train: Uint8Array.from({ length: 24 }, (_, i) => 255 - 3 * i),
  test: Uint8Array.from({ length: 12 }, (_, i) => 101 + 5 * i),
};
export const LABELS = { train: [0, 1, 1, 0], test: [1, 0] };

export const FILES = {
  "train-images-idx3-ubyte": idxImages(PIXELS.train, 2, 3),
  "train-labels-idx1-ubyte": idxLabels(LABELS.train),
  "t10k-images-idx3-ubyte": idxImages(PIXELS.test, 2, 3),
  "t10k-labels-idx1-ubyte": idxLabels(LABELS.test),
};
type Names = keyof typeof FILES;

export const renamed = (to: (name: Names) => string) =>
  Object.fromEntries(Object.entries(FILES).map(([name, file]) => [to(name as Names), file]));
export const packed = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, gzipSync(file)]));

/** The set that lies in these files, with what was noted apart from its unusual shape. */
export function read(files: Record<string, Uint8Array | string>, within = "") {
  let made: ReturnType<typeof assemble> | undefined;
  return withFolder((folder) => {
    writeFiles(folder, files);
    made = assemble(loadSet(join(folder, ".").replace(/\/$/, "") + within));
    return Promise.resolve();
  }).then(() => {
    const { train, test, shape, notes } = made!;
    return { train, test, shape, kinds: notes.map(({ kind }) => kind).filter(isTold), notes };
  });
}
const isTold = (kind: string) => kind !== "other-shape" && kind !== "dim";

export async function readsTheSet(
  files: Record<string, Uint8Array | string>,
  { within = "", kinds = [] as string[], rows = 2 } = {},
) {
  const found = await read(files, within);
  assert.deepEqual(Array.from(found.train.pixels), Array.from(PIXELS.train));
  assert.deepEqual(Array.from(found.train.labels), LABELS.train);
  assert.deepEqual(Array.from(found.test.pixels), Array.from(PIXELS.test));
  assert.deepEqual(Array.from(found.test.labels), LABELS.test);
  assert.deepEqual(found.shape, { rows, columns: 6 / rows });
  assert.deepEqual(found.kinds, kinds);
}

export const refuses = (files: Record<string, Uint8Array | string>, message: RegExp, within = "") =>
  assert.rejects(() => read(files, within), badInput(message));

export const as = (type: number, lengths: number[], map: (byte: number) => number) => ({
  ...FILES,
  "train-images-idx3-ubyte": idxOf(type, [4, ...lengths], Array.from(PIXELS.train, map)),
  "t10k-images-idx3-ubyte": idxOf(type, [2, ...lengths], Array.from(PIXELS.test, map)),
});
export const same = (byte: number) => byte;

/** Labels and images of 2 × 2 in 14 lines; the corners are black. */
export const LINES = Array.from({ length: 14 }, (_, n) => [n % 2, 0, 200 + n, 100 + n, 0]);

/** Lines of a label and six pixels. */
export const csv = (pixels: Uint8Array, labels: number[], start = "") =>
  start +
  labels.map((label, n) => [label, ...pixels.subarray(6 * n, 6 * n + 6)].join(",")).join("\n") +
  "\n";
