import assert from "node:assert/strict";
import test from "node:test";
import { type Random, randomFrom } from "../base/random.ts";
import { steadyFrom } from "./warmup.ts";

/** Times around 100 with 5 % noise; one in twenty is hit by something and takes up to five times as long. */
function timings(count: number, random: Random, slowFirst = 0, factor = 1): number[] {
  return Array.from({ length: count }, (_, i) => {
    const hit = random.uniform() < 0.05 ? 1 + 4 * random.uniform() : 1;
    return 100 * Math.exp(0.05 * random.normal()) * hit * (i < slowFirst ? factor : 1);
  });
}

test("stationary noise is cut in at most 3 % of trials, whatever their length", () => {
  for (const count of [5, 10, 13, 20, 50, 200, 1000]) {
    const random = randomFrom(count, "stationary");
    const trials = count === 1000 ? 200 : 600;
    let cuts = 0;
    for (let i = 0; i < trials; i++) if (steadyFrom(timings(count, random)) > 0) cuts++;
    assert.ok(cuts <= 0.03 * trials, `${cuts} of ${trials} trials of ${count} samples`);
  }
});

test("a planted warm-up is found in nine of ten trials", () => {
  for (
    const [count, slow, factor] of [[50, 10, 1.5], [200, 10, 1.3], [200, 100, 1.1], [1000, 5, 2]]
  ) {
    const random = randomFrom(count + slow, "planted");
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const cut = steadyFrom(timings(count, random, slow, factor));
      if (cut >= 0.9 * slow && cut <= 2 * slow + 5) found++;
    }
    assert.ok(found >= 90, `${found} of 100 with ${slow} slow of ${count}`);
  }
});

test("a warm-up that fades is cut until it hardly shows", () => {
  const random = randomFrom(1, "fading");
  const samples = Array.from(
    { length: 100 },
    (_, i) => 100 * (1 + 2 * Math.exp(-i / 5)) * Math.exp(0.02 * random.normal()),
  );
  const cut = steadyFrom(samples);
  assert.ok(cut >= 10 && cut <= 30, `cut at ${cut}`);
});

test("a slow end and a fast beginning are no warm-up", () => {
  const random = randomFrom(2, "slow end");
  const samples = timings(100, random, 30, 0.7);
  assert.equal(steadyFrom(samples), 0);
});

test("of a warm-up that is longer than half of the samples, about half is cut", () => {
  const samples = Array.from({ length: 200 }, (_, i) => (i < 120 ? 200 : 100) + i % 3);
  const cut = steadyFrom(samples);
  assert.ok(cut >= 95 && cut <= 100, `cut at ${cut}`);
});

test("twelve samples are too few to cut, and so are none", () => {
  assert.equal(steadyFrom([9, 9, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1]), 0);
  assert.equal(steadyFrom([5]), 0);
  assert.equal(steadyFrom([]), 0);
});

test("one wild first sample is left in", () => {
  assert.equal(steadyFrom([5000, ...Array.from({ length: 50 }, (_, i) => 100 + i % 7)]), 0);
});

test("a prefix that is 1 % slower is not worth a cut", () => {
  const step = (slow: number) =>
    Array.from({ length: 100 }, (_, i) => (i < 30 ? slow : 1000) + i % 5);
  assert.equal(steadyFrom(step(1010)), 0);
  assert.equal(steadyFrom(step(1040)), 30);
});

test("equal samples are steady from the first", () => {
  assert.equal(steadyFrom(Array.from({ length: 100 }, () => 7)), 0);
});
