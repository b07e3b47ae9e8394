import assert from "node:assert/strict";
import test from "node:test";
import { studentQuantile, variance } from "../stats/statistics.ts";
import { readPairs, type Side } from "./read_pairs.ts";

const DRIFT = [1, 1.7, 0.8];
const trials = (factors: readonly number[]) =>
  factors.map((factor, i) => ({ round: i + 1, sorted: Float64Array.of(1e6 * DRIFT[i] * factor) }));

/** A baseline and a kernel of a series with these times relative to it, at several sizes. */
const kernel = (series: number, factors: readonly number[], sizes = 3): [Side, Side][] =>
  Array.from({ length: sizes }, (_, i) => [
    { series: 0, steady: trials([1, 1.01, 0.99].map((level) => level * (i + 1))) },
    { series, steady: trials(factors.map((factor) => factor * (i + 1))) },
  ]);
const verdicts = (pairs: [Side, Side][], noiseFloor = 0) => {
  const read = readPairs(pairs, noiseFloor);
  return pairs.map(([a, b]) => read(a, b).verdict);
};

test("a kernel that is faster or slower at all sizes is resolved by three rounds", () => {
  assert.deepEqual(
    verdicts([...kernel(1, [0.1, 0.102, 0.1]), ...kernel(2, [2, 2.02, 2])]),
    ["faster", "faster", "faster", "slower", "slower", "slower"],
  );
});

test("what lies within the noise, or below the noise floor, is not resolved", () => {
  assert.deepEqual(verdicts(kernel(1, [0.97, 1.04, 1])), [
    ...["unresolved", "unresolved", "unresolved"],
  ]);
  const slightly = kernel(1, [0.95, 0.96, 0.94]);
  assert.deepEqual(new Set(verdicts(slightly)), new Set(["faster"]));
  assert.ok(!verdicts(slightly, 0.1).includes("faster"));
});

test("a single round resolves nothing; three at one size among many cells only what paces cannot explain", () => {
  const [[baseline]] = kernel(1, [0.1], 1);
  const read = readPairs([[baseline, { series: 1, steady: trials([0.1]) }]], 0);
  assert.throws(() => read(baseline, baseline), RangeError);
  assert.deepEqual(verdicts([[baseline, { series: 1, steady: trials([0.1]) }]]), ["unresolved"]);
  const many = (factor: number) =>
    new Set(verdicts([1, 2, 3, 4].flatMap((series) => kernel(series, Array(3).fill(factor), 1))));
  assert.deepEqual(many(0.8), new Set(["unresolved"]));
  assert.deepEqual(many(0.5), new Set(["faster"]));
});

test("a pair that is asked for twice, in either order, is one comparison with one answer", () => {
  const pairs = kernel(1, [2, 2.02, 2.1]);
  const twice = [...pairs, ...pairs.map(([a, b]): [Side, Side] => [b, a])];
  const [once, read] = [readPairs(pairs, 0.01), readPairs(twice, 0.01)];
  for (const [a, b] of pairs) {
    assert.deepEqual(read(a, b), once(a, b));
    const [there, back] = [read(a, b), read(b, a)];
    assert.deepEqual([there.verdict, back.verdict], ["slower", "faster"]);
    assert.ok(Math.abs(there.ratio * back.ratio - 1) < 1e-12);
    assert.ok(Math.abs(there.interval![0] * back.interval![1] - 1) < 1e-12);
    assert.equal(there.confidence, back.confidence);
  }
});

test("totals of the same trials add no certainty: two cells over R rounds leave R − 1 degrees of freedom", () => {
  for (const isOverNodes of [false, true]) {
    const cell = (factors: readonly number[], set: number) =>
      factors.map((factor, i) => ({
        round: i + 1,
        ...(isOverNodes && { node: `n${i + 1}`, trials: 2 }),
        sorted: Float64Array.of(set * 1e6 * factor),
      }));
    const [a, b] = [[1, 1.3, 0.9, 1.1, 1], [1.04, 1.28, 0.92, 1.15, 0.97]];
    const pairs = [undefined, 3].map((epochs) =>
      [a, b].map((factors, series): Side => ({
        steady: cell(factors, epochs ?? 1),
        series,
        ...(epochs !== undefined && { epochs }),
      }))
    ) as [Side, Side][];
    const read = readPairs(pairs, 0);
    const logs = a.map((factor, i) => Math.log(b[i] / factor));
    const standardError = Math.sqrt(variance(logs) / logs.length);
    for (const pair of pairs) {
      const { interval, confidence } = read(...pair);
      const half = standardError * studentQuantile((1 + confidence) / 2, logs.length - 1);
      assert.ok(Math.abs(Math.log(interval![1] / interval![0]) / (2 * half) - 1) < 1e-9);
    }
  }
});

test("no pair, no verdict", () => {
  assert.deepEqual(verdicts([]), []);
});
