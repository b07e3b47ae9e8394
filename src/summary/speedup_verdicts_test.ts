import assert from "node:assert/strict";
import test from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { speedupVerdicts } from "./speedup_verdicts.ts";

const DRIFT = [1, 1.7, 0.8];
const trials = (factors: readonly number[]) =>
  factors.map((factor, i) => ({ round: i + 1, sorted: Float64Array.of(1e6 * DRIFT[i] * factor) }));
const BASELINE = trials([1, 1.01, 0.99]);

/** A kernel at these sizes with these times relative to the baseline. */
const kernel = (implementation: string, factors: readonly number[], sizes = [1000, 2000, 4000]) =>
  sizes.map((examples) => ({
    cell: makeTrial({ cell: { implementation, examples } }).cell,
    baseline: BASELINE,
    own: trials(factors),
  }));

test("a kernel that is faster or slower at all sizes is resolved by three rounds", () => {
  assert.deepEqual(
    speedupVerdicts([...kernel("fast", [0.1, 0.102, 0.1]), ...kernel("slow", [2, 2.02, 2])], 0),
    ["faster", "faster", "faster", "slower", "slower", "slower"],
  );
});

test("what lies within the noise, or below the noise floor, is not resolved", () => {
  assert.deepEqual(speedupVerdicts(kernel("alike", [0.97, 1.04, 1]), 0), [
    ...["unresolved", "unresolved", "unresolved"],
  ]);
  const slightly = kernel("slightly", [0.95, 0.96, 0.94]);
  assert.deepEqual(new Set(speedupVerdicts(slightly, 0)), new Set(["faster"]));
  assert.ok(!speedupVerdicts(slightly, 0.1).includes("faster"));
});

test("a single round, and three at one size among many cells, resolve nothing", () => {
  const [one] = kernel("fast", [0.1], [1000]);
  assert.deepEqual(speedupVerdicts([{ ...one, own: trials([0.1]) }], 0), ["unresolved"]);
  const many = ["k1", "k2", "k3", "k4"].flatMap((name) => kernel(name, [0.5, 0.5, 0.5], [1000]));
  assert.deepEqual(new Set(speedupVerdicts(many, 0)), new Set(["unresolved"]));
});

test("no cell, no verdict", () => {
  assert.deepEqual(speedupVerdicts([], 0), []);
});
