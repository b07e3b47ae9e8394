import assert from "node:assert/strict";
import { test } from "node:test";
import { badInput } from "../../tests/support/bad_input.ts";
import { slurmTime, timeLimit } from "./time_limit.ts";

test("a shard gets more than the budget, in whole minutes, or what was asked for", () => {
  assert.deepEqual(timeLimit({ budgetSeconds: 600, trialTimeoutSeconds: 60 }, undefined), {
    seconds: 1260,
    budgetSeconds: 600,
  });
  // The budget and the time-out that a plan has by default.
  assert.deepEqual(timeLimit({}, undefined), { seconds: 540, budgetSeconds: 112 });
  assert.deepEqual(timeLimit({ budgetSeconds: 600 }, 0.5), { seconds: 60 });
  assert.deepEqual(timeLimit({}, 3601), { seconds: 3660 });
});

test("a limit of years is refused", () => {
  assert.throws(() => timeLimit({ budgetSeconds: 1e9 }, undefined), badInput(/days for a shard/));
  assert.throws(() => timeLimit({}, 1e300), badInput(/days for a shard/));
});

test("Slurm reads a time as days, hours, minutes and seconds", () => {
  assert.equal(slurmTime(60), "00:01:00");
  assert.equal(slurmTime(3660), "01:01:00");
  assert.equal(slurmTime(90_060), "1-01:01:00");
  assert.equal(slurmTime(366 * 86_400), "366-00:00:00");
});
