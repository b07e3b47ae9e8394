import assert from "node:assert/strict";
import test from "node:test";
import type { Dataset } from "../../data/dataset.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { Arena, growTo, MOST_PAGES } from "./arena.ts";
import { limitsFor, takeSparse, writeSparse } from "./sparse_pixels.ts";

type Entry = [pixel: number, value: number];

function datasetOf(rows: readonly (readonly Entry[])[], features: number): Dataset {
  const pixels = new Uint8Array(rows.length * features);
  rows.forEach((row, n) => row.forEach(([pixel, value]) => pixels[n * features + pixel] = value));
  return { count: rows.length, features, classes: 2, pixels, labels: new Uint8Array(rows.length) };
}

/** The rows of pixels `first` to `end`, decoded; entries of value 0 only fill up. */
function rowsOf(dataset: Dataset, sections = [[0, dataset.features]], before = 0): Entry[][][] {
  const arena = new Arena();
  arena.take(before);
  const network = networkOf([dataset.features, 4, 2]);
  const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
  const taken = sections.map(([first, end]) => takeSparse(problem, arena, [first, end]));
  const limits = limitsFor(dataset, taken, arena, false);
  const memory = new WebAssembly.Memory({ initial: limits.pages, maximum: limits.mostPages });
  writeSparse(dataset, taken, arena, memory, limits);
  const bytes = new Uint8Array(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  return taken.map(({ first, starts }) =>
    Array.from({ length: dataset.count }, (_, n) => {
      const row: Entry[] = [];
      let pixel = first;
      for (let at = words[starts / 4 + n]; at < words[starts / 4 + n + 1]; at += 8) {
        for (const entry of [0, 1, 2, 3]) {
          pixel += bytes[at + entry];
          const value = bytes[at + 4 + entry];
          if (value !== 0) row.push([pixel, value]);
        }
      }
      return row;
    })
  );
}

const ROWS: Entry[][] = [
  [[1, 7], [3, 255], [4, 1], [8, 2], [9, 3], [10, 4]],
  [],
  [[0, 9]],
  Array.from({ length: 11 }, (_, pixel): Entry => [pixel, pixel + 1]),
];

test("Each row lists its non-zero pixels", () => {
  assert.deepEqual(rowsOf(datasetOf(ROWS, 11)), [ROWS]);
  assert.deepEqual(rowsOf(datasetOf(ROWS, 16)), [ROWS]);
  assert.deepEqual(rowsOf(datasetOf([[], [[2, 5]]], 3)), [[[], [[2, 5]]]]);
});

test("Rows may lie beyond 2 GiB", () => {
  // Nothing is written before them, so that this takes addresses alone. They need more pages than the first.
  const rows = Array.from({ length: 8000 }, (_, n) => ROWS[n % ROWS.length]);
  assert.deepEqual(rowsOf(datasetOf(rows, 11), undefined, 2 ** 31), [rows]);
});

test("Gaps longer than a byte are cut", () => {
  const rows: Entry[][] = [[[2999, 1]], [[0, 1], [248, 2], [497, 3], [1500, 4], [2047, 5]]];
  assert.deepEqual(rowsOf(datasetOf(rows, 3000)), [rows]);
});

test("Each section lists its own pixels", () => {
  const sections = [[0, 4], [4, 4], [4, 11]];
  const expected = sections.map(([first, end]) =>
    ROWS.map((row) => row.filter(([pixel]) => pixel >= first && pixel < end))
  );
  assert.deepEqual(rowsOf(datasetOf(ROWS, 11), sections), expected);
});

test("The memory grows with the rows", () => {
  const { dataset } = problemOf(networkOf([784, 4, 2]), 1500, 10);
  const [rows] = rowsOf(dataset);
  for (const n of [0, 63, 64, 700, 1499]) {
    const pixels = new Uint8Array(784);
    for (const [pixel, value] of rows[n]) pixels[pixel] = value;
    assert.deepEqual(pixels, dataset.pixels.slice(784 * n, 784 * n + 784));
  }
});

test("Examples without a pixel of 0 fit what is reserved", () => {
  for (const [count, features] of [[1, 3], [65, 7], [200, 784]]) {
    const row = Array.from({ length: features }, (_, pixel): Entry => [pixel, 1 + pixel % 255]);
    const rows = Array.from({ length: count }, () => row);
    assert.deepEqual(rowsOf(datasetOf(rows, features)), [rows]);
  }
});

test("Rows beyond what an address can reach are refused with a hint", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
  growTo(memory, 100_000);
  assert.equal(memory.buffer.byteLength, 131_072);
  assert.throws(() => growTo(memory, 2 ** 32 + 1), /needs 4097 MiB, .*use a smaller subset/);
});
