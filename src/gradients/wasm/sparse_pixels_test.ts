import assert from "node:assert/strict";
import test from "node:test";
import type { Dataset } from "../../data/dataset.ts";
import { Arena } from "./arena.ts";
import { takeSparse, writeSparse } from "./sparse_pixels.ts";

const DATASET: Dataset = {
  count: 3,
  features: 5,
  classes: 2,
  pixels: Uint8Array.of(0, 7, 0, 255, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0),
  labels: Uint8Array.of(0, 1, 0),
};

/** The rows that the lists hold, decoded: [offset in bytes, value]. */
function rowsOf(strideBytes: number, dataset = DATASET): [number, number][][] {
  const arena = new Arena();
  const plan = takeSparse(dataset, strideBytes, arena);
  const buffer = new ArrayBuffer(65_536 * arena.pages);
  writeSparse(dataset, strideBytes, plan, buffer);
  const words = new Uint32Array(buffer);
  const floats = new Float32Array(buffer);
  const start = (n: number) => words[plan.starts / 4 + n] / 4;
  return Array.from(
    { length: dataset.count },
    (_, n) =>
      [...words.subarray(start(n), start(n + 1))].map((entry) => [
        (entry >>> 10) * 2 ** plan.offsetShift,
        floats[(plan.values + (entry & 1023)) / 4],
      ]),
  );
}

test("Each row lists its non-zero pixels, filled up to pairs with zeros", () => {
  const [first, second, third] = rowsOf(32);
  assert.deepEqual(first, [
    [32, Math.fround(7 / 255)],
    [96, 1],
    [128, Math.fround(1 / 255)],
    [0, 0],
  ]);
  assert.deepEqual(second, []);
  assert.deepEqual(third, [[0, Math.fround(9 / 255)], [0, 0]]);
});

test("Rows of whole words give the same lists, four pixels at a time", () => {
  const { count, pixels } = DATASET;
  const features = 8;
  const wide = new Uint8Array(count * features);
  for (let n = 0; n < count; n++) wide.set(pixels.subarray(5 * n, 5 * n + 5), features * n);
  assert.deepEqual(rowsOf(32, { ...DATASET, features, pixels: wide }), rowsOf(32));
});

test("Offsets beyond 4 MiB are kept without their last bits", () => {
  const [first] = rowsOf(1_600_000);
  assert.equal(first[1][0], 3 * 1_600_000);
});

test("A layer whose offsets no entry can hold is refused with a hint", () => {
  assert.throws(
    () => takeSparse(DATASET, 16_000_000, new Arena()),
    /the weights of 5 pixels take 80000000 bytes, expected at most 67108864; use wasm_simd/,
  );
});
