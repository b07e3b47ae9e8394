import assert from "node:assert/strict";
import { test } from "node:test";
import { afterRunning } from "./running_time.ts";

/** Resolves with the number of steps that a time of 20 ms took, if this clock is told it. */
function stepsOf(timesMs: readonly number[]): Promise<number> {
  const told = [...timesMs];
  return new Promise((resolve) => {
    afterRunning(20, () => resolve((timesMs.length - told.length) / 2), () => told.shift()!);
  });
}

test("time for which the process was stopped does not count", async () => {
  const start = performance.now();
  assert.equal(await stepsOf([0, 20]), 1);
  assert.equal(await stepsOf([0, 500]), 1, "a busy machine");
  assert.equal(await stepsOf([0, 3_600_000, 3_600_000, 3_600_020]), 2, "an hour");
  assert.ok(performance.now() - start >= 3 * 20);
});

test("what is cancelled does not happen", async () => {
  afterRunning(1, () => assert.fail("it happened"))();
  await new Promise((resolve) => setTimeout(resolve, 20));
});
