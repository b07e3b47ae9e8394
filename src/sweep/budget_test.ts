import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../trial/record.ts";
import { cellKey } from "../trial/record.ts";
import { cellsOverBudget, sampleBudgetNs } from "./budget.ts";
import { createPredictor, extrapolate } from "./predict.ts";

const cell = (examples: number, implementation = "a"): Cell => ({
  implementation,
  runtime: "deno",
  examples,
  batchSize: 10,
  layerSizes: [784, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
  precision: "float64",
  threads: 1,
  seed: 1,
});

/** A predictor that was taught 1 µs per example and processes of 0.1 s. */
function taught() {
  const predictor = createPredictor();
  predictor.learnPace(cell(1000), 1000, 0.1e9);
  return predictor;
}

test("one measured size predicts in proportion, two by their log-log line", () => {
  assert.equal(extrapolate([[1000, 5]], 4000), 20);
  const squared = [[1000, 1e6], [2000, 4e6]] as const;
  assert.ok(Math.abs(extrapolate(squared, 4000) - 16e6) < 1);
  assert.ok(Math.abs(extrapolate(squared, 2000) - 4e6) < 1);
});

test("a trial costs its process, its epochs and one sample", () => {
  assert.equal(taught().trialNs(cell(10_000), 3), 0.1e9 + 4 * 10_000 * 1000);
});

test("nothing is left out while the budget pays for all rounds of all cells", () => {
  const cells = [cell(1000), cell(2000)];
  assert.equal(cellsOverBudget([...cells, ...cells], 3, 10e9, taught()).size, 0);
});

test("the costliest cells are left out first, with the prediction as the reason", () => {
  const round = [cell(1000), cell(1_000_000), cell(2000)];
  const skipped = cellsOverBudget([...round, ...round, ...round], 3, 10e9, taught());
  assert.deepEqual([...skipped.keys()], [cellKey(cell(1_000_000))]);
  assert.match([...skipped.values()][0], /predicted 12\.3 s.*10\.0 s left/);
});

test("a trial gets one epoch and an equal share of what is left, never more than the limit", () => {
  const predictor = taught();
  const remaining = [cell(1000), cell(1000)];
  const needed = 2 * predictor.trialNs(cell(1000), 3);
  assert.equal(
    Math.round(sampleBudgetNs(remaining, 3, needed + 2e9, 60e9, predictor)),
    1e9 + 1000 * 1000,
  );
  assert.equal(sampleBudgetNs(remaining, 3, needed + 2e9, 0.5e9, predictor), 0.5e9);
  assert.equal(sampleBudgetNs(remaining, 3, 0, 60e9, predictor), 1000 * 1000);
});
