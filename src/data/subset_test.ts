import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../base/random.ts";
import { balancedOrder, classCounts, takeSubset } from "./subset.ts";

/** Unequal classes: label 3 is rare, 4 never occurs. */
function unequalLabels(count: number): Uint8Array {
  const random = randomFrom(5, "test labels");
  return Uint8Array.from(
    { length: count },
    () => random.uniform() < 0.02 ? 3 : [0, 1, 2, 5][random.integer(4)],
  );
}

test("the balanced order is a permutation", () => {
  const order = balancedOrder(unequalLabels(1000), 6, 1);
  assert.deepEqual(
    Array.from(order).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

test("class counts of every prefix differ by at most one among classes that are not exhausted", () => {
  const labels = unequalLabels(1000);
  const total = classCounts(labels, 6);
  const order = balancedOrder(labels, 6, 1);
  const counts = new Array(6).fill(0);
  for (let m = 1; m <= order.length; m++) {
    counts[labels[order[m - 1]]]++;
    const lasting = counts.filter((count, label) => count < total[label]);
    const most = Math.max(...counts);
    for (const count of lasting) assert.ok(most - count <= 1, `prefix ${m}: ${counts}`);
  }
});

test("the seed decides the order, and labels within a block are shuffled", () => {
  const labels = Uint8Array.from({ length: 300 }, (_, i) => i % 10);
  const order = balancedOrder(labels, 10, 7);
  assert.deepEqual(balancedOrder(labels, 10, 7), order);
  assert.notDeepEqual(balancedOrder(labels, 10, 8), order);
  const blocks = new Set<string>();
  for (let b = 0; b < 300; b += 10) {
    blocks.add(Array.from(order.subarray(b, b + 10), (n) => labels[n]).join());
  }
  assert.ok(blocks.size > 25, `${blocks.size} different blocks of 30`);
});

test("a smaller subset is the beginning of a larger one", () => {
  const labels = unequalLabels(100);
  const pixels = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
  const set = { count: 100, features: 3, classes: 6, pixels, labels };
  const order = balancedOrder(labels, 6, 2);
  const small = takeSubset(set, order, 20);
  const large = takeSubset(set, order, 60);
  assert.deepEqual([small.count, small.features, small.classes], [20, 3, 6]);
  assert.deepEqual(large.pixels.subarray(0, 60), small.pixels);
  assert.deepEqual(large.labels.subarray(0, 20), small.labels);
  for (let n = 0; n < 60; n++) {
    assert.equal(large.labels[n], labels[order[n]]);
    assert.deepEqual(
      large.pixels.subarray(3 * n, 3 * n + 3),
      pixels.subarray(3 * order[n], 3 * order[n] + 3),
    );
  }
});

test("a subset larger than the set, of zero or of half an example is refused", () => {
  const set = {
    count: 2,
    features: 1,
    classes: 2,
    pixels: new Uint8Array(2),
    labels: new Uint8Array(2),
  };
  for (const m of [0, 3, 1.5, NaN]) {
    assert.throws(() => takeSubset(set, Uint32Array.of(0, 1), m), /expected 1 to 2/);
  }
});

test("a label that is not below the number of classes is refused", () => {
  assert.throws(() => balancedOrder(Uint8Array.of(0, 1, 4), 4, 1), /label 4 of example 2/);
});
