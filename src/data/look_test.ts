import assert from "node:assert/strict";
import { test } from "node:test";
import { mnistDirectory, skipWithoutMnist } from "../../tests/support/mnist.ts";
import { assemble } from "./assemble.ts";
import type { Dataset } from "./dataset.ts";
import { loadSet } from "./files/load_set.ts";
import { transposeImages } from "./image_shape.ts";
import { oddLooks } from "./look.ts";
import { syntheticDigits } from "./synthetic.ts";

const SHAPE = { rows: 28, columns: 28 };

const kinds = (set: Dataset) => oddLooks(set, SHAPE).map(({ kind }) => kind);

function checks(set: Dataset): void {
  assert.deepEqual(kinds(set), []);
  const inverted = { ...set, pixels: set.pixels.map((byte) => 255 - byte) };
  assert.deepEqual(kinds(inverted), ["looks-inverted"]);
  const transposed = { ...set, pixels: set.pixels.slice() };
  transposeImages(transposed.pixels, SHAPE);
  assert.deepEqual(kinds(transposed), ["looks-transposed"]);
  const dim = { ...set, pixels: set.pixels.map((byte) => byte >> 5) };
  assert.deepEqual(kinds(dim), ["dim"]);
}

test("synthetic digits look right; inverted, transposed or dim they are told", () =>
  checks(syntheticDigits(300, 5, "test")));

test("so do MNIST's", { skip: skipWithoutMnist }, () => {
  const { train } = assemble(loadSet(mnistDirectory()!));
  const some = train.pixels.slice(0, 1000 * 784);
  checks({ ...train, count: 1000, pixels: some, labels: train.labels.subarray(0, 1000) });
});

test("noise, and digits whose labels are shuffled, are not taken for transposed digits", () => {
  const set = syntheticDigits(300, 5, "test");
  assert.deepEqual(kinds({ ...set, labels: set.labels.map((label) => (label * 3 + 1) % 10) }), []);
  const noise = set.pixels.map((_, i) => Math.imul(i, 2_654_435_761) >>> 24);
  assert.deepEqual(kinds({ ...set, pixels: noise }), []);
});
