import assert from "node:assert/strict";
import test from "node:test";
import { epochOrder } from "../../model/order.ts";
import { ownEpoch, shareOf, takeOwn } from "./shares.ts";

test("the shares of all ranks are the subset, each row once, and differ by at most one row", () => {
  for (const [examples, ranks] of [[10, 1], [10, 2], [11, 4], [60_000, 7], [3, 5], [1, 2]]) {
    const shares = Array.from({ length: ranks }, (_, rank) => shareOf(examples, rank, ranks));
    assert.equal(shares[0].first, 0);
    assert.equal(shares[ranks - 1].end, examples);
    for (let rank = 1; rank < ranks; rank++) assert.equal(shares[rank].first, shares[rank - 1].end);
    const sizes = shares.map(({ first, end }) => end - first);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${examples} on ${ranks}: ${sizes}`);
  }
});

test("a rank takes its own rows of a minibatch in their order, as often as they occur", () => {
  const into = new Uint32Array(8);
  const end = takeOwn(Uint32Array.of(7, 3, 5, 3, 9, 4), { first: 3, end: 6 }, into, 1);
  assert.deepEqual([...into.subarray(1, end)], [0, 2, 0, 1]);
});

test("each example of each minibatch of an epoch is computed by exactly one rank", () => {
  const [examples, batchSize, ranks] = [23, 5, 3];
  const order = epochOrder(examples, 1, 2);
  const shares = Array.from({ length: ranks }, (_, rank) => shareOf(examples, rank, ranks));
  const epochs = shares.map((share) => ownEpoch(order, batchSize, share));
  for (let step = 0; step * batchSize < examples; step++) {
    const batch = order.subarray(step * batchSize, (step + 1) * batchSize);
    const computed = epochs.flatMap(({ rows }, rank) =>
      [...rows[step]].map((row) => row + shares[rank].first)
    );
    assert.deepEqual(computed.sort((a, b) => a - b), [...batch].sort((a, b) => a - b));
    for (const { sizes } of epochs) assert.equal(sizes[step], batch.length);
  }
});

test("a rank has nothing to do in a minibatch of which it holds no row", () => {
  const { rows, sizes } = ownEpoch(Uint32Array.of(2, 0, 3, 1), 1, { first: 0, end: 2 });
  assert.deepEqual(rows.map((own) => [...own]), [[], [0], [], [1]]);
  assert.deepEqual(sizes, [1, 1, 1, 1]);
});
