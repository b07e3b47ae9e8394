import assert from "node:assert/strict";
import test from "node:test";
import { Arena, paddedLayout } from "./arena.ts";
import { networkOf } from "../../../tests/support/problems.ts";

test("Places start at cache lines and do not overlap", () => {
  const arena = new Arena();
  const places = [1, 64, 65, 0, 4].map((bytes) => [arena.take(bytes), bytes]);
  for (const [index, [address, bytes]] of places.entries()) {
    assert.equal(address % 64, 0);
    assert.ok(address > 0);
    const next = places[index + 1];
    if (next) assert.ok(next[0] >= address + bytes);
  }
  assert.equal(arena.pages, 1);
});

test("More memory than an address can reach is refused with a hint", () => {
  const arena = new Arena();
  arena.take(2 ** 32);
  assert.throws(() => arena.pages, /it needs 4\d\d\d MiB, expected at most the 4096 MiB/);
});

test("Rows of a layout are padded to whole vectors and its parts to whole cache lines", () => {
  const { layers, length } = paddedLayout(networkOf([9, 7, 4]));
  assert.deepEqual(layers.map(({ width }) => width), [8, 4]);
  assert.deepEqual(layers.map(({ weightOffset }) => weightOffset), [0, 96]);
  assert.deepEqual(layers.map(({ biasOffset }) => biasOffset), [80, 128]);
  assert.equal(length, 144);
});
