import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../base/random.ts";
import type { Dataset } from "../data/dataset.ts";
import { noteData } from "./data_guard.ts";

/** Rows of whole words and rows that are not. */
for (const features of [784, 49]) {
  const make = (): Dataset => ({
    count: 20,
    features,
    classes: 10,
    pixels: new Uint8Array(20 * features).map((_, n) => (n * 31) % 256),
    labels: new Uint8Array(20).map((_, n) => n % 10),
  });

  test(`a changed byte in rows of ${features} pixels is found and distinguished from a label`, () => {
    const dataset = make();
    const fault = noteData(dataset, randomFrom(1, "test"));
    assert.equal(fault(), undefined);
    for (const at of [0, 7 * features + 3, 20 * features - 1]) {
      const row = Math.floor(at / features);
      dataset.pixels[at] ^= 1;
      const changed = { kind: "changed", what: "pixels", row };
      assert.deepEqual(fault(), changed);
      assert.deepEqual(fault(Uint32Array.of(1, row)), changed);
      assert.equal(fault(Uint32Array.of(2, 3)), undefined);
      dataset.pixels[at] ^= 1;
    }
    dataset.labels[19]++;
    assert.deepEqual(fault(), { kind: "changed", what: "label", row: 19 });
    assert.equal(fault(Uint32Array.of(18)), undefined);
  });

  test(`two swapped rows of ${features} pixels are found`, () => {
    const dataset = make();
    const fault = noteData(dataset, randomFrom(1, "test"));
    const first = dataset.pixels.slice(0, features);
    dataset.pixels.copyWithin(0, features, 2 * features);
    dataset.pixels.set(first, features);
    assert.deepEqual(fault(), { kind: "changed", what: "pixels", row: 0 });
  });
}
