import assert from "node:assert/strict";
import test from "node:test";
import { epochOrder, minibatches } from "./order.ts";

test("an epoch visits every row once, in an order of its seed and number", () => {
  const order = epochOrder(1000, 1, 1);
  assert.deepEqual(order.toSorted(), Uint32Array.from({ length: 1000 }, (_, n) => n));
  assert.deepEqual(epochOrder(1000, 1, 1), order);
  assert.notDeepEqual(epochOrder(1000, 1, 2), order);
  assert.notDeepEqual(epochOrder(1000, 2, 1), order);
});

test("minibatches are views in order, the last one ragged", () => {
  const order = epochOrder(23, 1, 1);
  const batches = minibatches(order, 10);
  assert.deepEqual(batches.map((batch) => batch.length), [10, 10, 3]);
  assert.ok(batches.every((batch) => batch.buffer === order.buffer));
  assert.deepEqual(batches.flatMap((batch) => [...batch]), [...order]);
});

test("a batch size of the whole subset or more gives one minibatch", () => {
  const order = epochOrder(5, 1, 1);
  assert.deepEqual(minibatches(order, 5).map((batch) => batch.length), [5]);
  assert.deepEqual(minibatches(order, 99).map((batch) => batch.length), [5]);
});

test("a batch size below 1, or not a whole number, is a RangeError", () => {
  for (const size of [0, -1, 2.5, NaN]) {
    assert.throws(() => minibatches(new Uint32Array(3), size), RangeError);
  }
});
