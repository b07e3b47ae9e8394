import assert from "node:assert/strict";
import test from "node:test";
import { inWorkers } from "./in_workers.ts";

const simulations = new URL("../tests/support/comparison_simulations.ts", import.meta.url);

test("simulations give the same counts in the same order, whatever the number of workers", async () => {
  const calls = [3, 5, 10].map((rounds) => ({
    name: "falseComparisons",
    args: [{ cells: 2, rounds, thresholds: [0, 0.01], paired: true, alone: true }, 40],
  }));
  const inOne = await inWorkers(simulations, calls, 1);
  assert.deepEqual(await inWorkers(simulations, calls, 3), inOne);
  assert.ok(new Set(inOne.map(String)).size > 1, "rounds in order");
});

test("an exception in a worker reaches the caller", async () => {
  await assert.rejects(inWorkers(simulations, [{ name: "slowerShare", args: [] }], 1), /TypeError/);
});
