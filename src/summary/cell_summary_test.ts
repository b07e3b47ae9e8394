import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial, type TrialOverrides } from "../../tests/support/trials.ts";
import { flopPerExample } from "../model/flop.ts";
import { summariseCell } from "./cell_summary.ts";
import { steadyTrial } from "./estimate.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";

const summarised = (trials: TrialOverrides[], cores = 2) => {
  const records = trials.map((trial, i) => makeTrial({ round: i + 1, ...trial }));
  const [usable] = sortTrials(records, compareCells(makeRun().plan)).cells;
  return summariseCell(usable, usable.map(steadyTrial), cores);
};

test("FLOP/s is the work of an epoch over the time of an epoch", () => {
  const summary = summarised([{ samplesNs: [2e6, 2e6, 2e6], epochsPerSample: 2 }]);
  const flop = 1000 * flopPerExample(summary.cell).total;
  assert.equal(summary.flopPerEpoch, flop);
  assert.equal(summary.nsPerEpoch.value, 1e6);
  assert.ok(Math.abs(summary.flopPerSecond / (flop * 1000) - 1) < 1e-12);
});

test("samples are counted with those that were cut as warm-up", () => {
  const samplesNs = Array.from({ length: 50 }, (_, i) => i < 10 ? 300 - i : 100 + i % 5);
  const summary = summarised([{ samplesNs }, { samplesNs }]);
  assert.deepEqual([summary.trials, summary.samples, summary.warmupSamples], [2, 100, 20]);
});

test("resources are medians over the trials that know them, and unknown is absent", () => {
  const known = (peak: number): TrialOverrides => ({
    memory: { peakRssBytes: peak, loadedRssBytes: 100, openedRssBytes: peak - 20 },
    samplesNs: [400, 600],
    epochsPerSample: 1,
    gc: { collections: 4, pauseNs: 100 },
    interference: { cpuNs: 900, wallNs: 1000, stealNs: 40, involuntarySwitches: 7 },
    durations: { wallNs: 2000, openNs: 5 },
  });
  const summary = summarised([known(150), known(170), { ...known(160), memory: {} }]);
  assert.equal(summary.peakRssBytes, 160);
  assert.equal(summary.workingBytes, 60);
  assert.equal(summary.gcShare, 0.1);
  assert.equal(summary.collectionsPerEpoch, 2);
  assert.equal(summary.cpuShare, 0.9);
  assert.equal(summary.involuntarySwitches, 7);
  assert.equal(summary.openNs, 5);
  assert.equal(summary.setUpBytes, 40);
  assert.equal(summary.stealShare, 40 / (2000 * 2));

  const bare = summarised([{ memory: {}, interference: {}, durations: { wallNs: 5 } }]);
  const resources = ["peakRssBytes", "workingBytes", "setUpBytes", "threadsUsed", "openNs"];
  for (const field of [...resources, "cpuShare", "stealShare"]) {
    assert.ok(!(field in bare), field);
  }
});

test("epochs are medians over the trials, time is cumulative, a loss that is not finite is absent", () => {
  const training = (trainNs: number) => ({
    epochs: [
      { epoch: 1, loss: 0.4, testAccuracy: 0.85, trainNs },
      { epoch: 2, testAccuracy: 0.92, trainNs: trainNs + 1 },
    ],
  });
  const durations = { wallNs: 2000, openNs: 5 };
  const summary = summarised([10, 30, 20].map((ns) => ({ training: training(ns), durations })));
  assert.deepEqual(summary.epochs, [
    { epoch: 1, loss: 0.4, testAccuracy: 0.85, cumulativeTrainNs: 20 },
    { epoch: 2, testAccuracy: 0.92, cumulativeTrainNs: 41 },
  ]);
  assert.equal(summary.testAccuracy, 0.92);
  assert.equal(summary.timeTo90Ns, 46, "with set-up");
});

test("a cell that never reached 90 % has no time for it", () => {
  const epochs = [{ epoch: 1, testAccuracy: 0.0987, trainNs: 1 }];
  assert.ok(!("timeTo90Ns" in summarised([{ training: { epochs } }])));
});

test("the worst verdict of any trial stands, and an error that is not finite is no number", () => {
  const verified = (verdict: "exact" | "reordered" | "wrong", maxRelativeError?: number) => ({
    verification: {
      verdict,
      tolerance: 1e-9,
      ...(maxRelativeError !== undefined && { maxRelativeError }),
    },
  });
  const fine = summarised([verified("exact", 0), verified("reordered", 2e-15)]);
  assert.deepEqual([fine.verdict, fine.maxRelativeError], ["reordered", 2e-15]);
  const wrong = summarised([verified("wrong"), verified("exact", 0)]);
  assert.equal(wrong.verdict, "wrong");
  assert.ok(!("maxRelativeError" in wrong));
});
