import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "./summarise.ts";

const isSlowLarge = ({ cell }: TrialRecord) =>
  cell.implementation === "naive_loop" && cell.examples > 16_000;

test("cells that were not planned are predicted by the law of their series", () => {
  const run = makeRun();
  const trials = makeTrials(run, (trial) => isSlowLarge(trial) ? undefined : trial);
  const { predicted, series } = summarise(run, trials, "run");
  assert.deepEqual(predicted.map(({ cell }) => [cell.implementation, cell.examples]), [
    ["naive_loop", 32_000],
    ["naive_loop", 60_000],
  ]);
  for (const { cell, series: place, nsPerEpoch: { value, low, high } } of predicted) {
    assert.equal(series[place].implementation, "naive_loop");
    const truth = 35_000 * cell.examples; // what the made-up trials take, ± 1 %
    assert.ok(low < truth && truth < high, `${low} ${truth} ${high}`);
    assert.ok(Math.abs(value / truth - 1) < 0.1);
  }
});

test("where the baseline is predicted, so is the speed of the others over it", () => {
  const run = makeRun();
  const trials = makeTrials(run, (trial) => isSlowLarge(trial) ? undefined : trial);
  for (const { cell, speedup, predictedSpeedup } of summarise(run, trials, "run").cells) {
    assert.equal(speedup === undefined, cell.examples > 16_000);
    assert.equal(predictedSpeedup === undefined, cell.examples <= 16_000);
    // 35 µs per example, against 12 or 5.
    const truth = cell.implementation === "outer_product" ? 35 / 12 : 7;
    if (predictedSpeedup) assert.ok(Math.abs(predictedSpeedup / truth - 1) < 0.1);
  }
});

test("a cell that was skipped as too slow is predicted, one that failed is not", () => {
  const run = makeRun();
  const records = (isFailed: boolean) =>
    makeTrials(run, (trial): TrialRecord =>
      !isSlowLarge(trial) ? trial : {
        ...trial,
        status: isFailed ? "failed" : "skipped",
        reasons: isFailed
          ? [{ kind: "timed-out", afterNs: 1e9 }]
          : [{ kind: "over-budget", predictedNs: 1e9, neededNs: 2e9, leftNs: 1e8 }],
        samplesNs: [],
      });
  assert.equal(summarise(run, records(false), "run").predicted.length, 2);
  assert.equal(summarise(run, records(true), "run").predicted.length, 0);
});

test("two sizes predict where other series show how far times lie from their laws", () => {
  const run = makeRun();
  const least = ({ cell }: TrialRecord) =>
    cell.implementation === "naive_loop" && cell.examples > 2000;
  const trials = makeTrials(run, (trial) => least(trial) ? undefined : trial);
  const { predicted } = summarise(run, trials, "run");
  const largest = predicted.find(({ cell }) => cell.examples === 60_000)!;
  const { low, value, high } = largest.nsPerEpoch;
  const truth = 35_000 * 60_000;
  assert.ok(low < truth && truth < high, `${low} ${truth} ${high}`);
  assert.ok(low > 0.5 * value && high < 2 * value, `${low} ${value} ${high}`);
  const alone = trials.filter(({ cell }) => cell.implementation === "naive_loop");
  assert.deepEqual(summarise(run, alone, "run").predicted, []);
});

test("a run that goes on predicts nothing of what it will measure", () => {
  const run = makeRun({ sessions: [{ startedAt: "2026-03-01T10:00:00.000Z" }] });
  const trials = makeTrials(run, (trial) => isSlowLarge(trial) ? undefined : trial);
  assert.deepEqual(summarise(run, trials, "run").predicted, []);
});
