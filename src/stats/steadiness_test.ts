import assert from "node:assert/strict";
import { test } from "node:test";
import { steadyPart } from "./steadiness.ts";

test("nine samples are too few to tell, and so are none", () => {
  const unknown = { steadiness: undefined, from: 0 };
  assert.deepEqual(steadyPart([9, 9, 9, 9, 9, 1, 1, 1, 1]), unknown);
  assert.deepEqual(steadyPart([]), unknown);
});

test("one wild sample is no level, wherever it is", () => {
  const quiet = Array.from({ length: 50 }, (_, i) => 100 + i % 7);
  for (const place of [0, 25, 49]) {
    const samples = quiet.with(place, 5000);
    assert.deepEqual(steadyPart(samples), { steadiness: "flat", from: 0 }, `at ${place}`);
  }
});

test("a level that is 1 % away is the same, one that is 4 % away is not", () => {
  const step = (slow: number) =>
    Array.from({ length: 100 }, (_, i) => (i < 30 ? slow : 1000) + i % 5);
  assert.deepEqual(steadyPart(step(1010)), { steadiness: "flat", from: 0 });
  assert.deepEqual(steadyPart(step(1040)), { steadiness: "warm-up", from: 30 });
});

test("a last level of less than a quarter is no steady state, and nothing is cut", () => {
  const samples = Array.from({ length: 100 }, (_, i) => (i < 80 ? 200 : 100) + i % 3);
  assert.deepEqual(steadyPart(samples), { steadiness: "no steady state", from: 0 });
});

test("equal samples are flat", () => {
  assert.equal(steadyPart(Array(100).fill(7)).steadiness, "flat");
});
