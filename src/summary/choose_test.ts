import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { summarise } from "./summarise.ts";
import type { Summary } from "../format/summary.ts";
import { randomFrom } from "../base/random.ts";
import { verdictOf } from "../stats/verdict.ts";

const SIZES = [1000, 2000, 4000, 8000];

/** Names are implementations; `factor` says what an epoch of one takes, 1 = 5 µs per example. */
function summaryOf(
  names: readonly string[],
  factor: (cell: Cell, round: number) => number,
  { rounds = 3, threads = {}, change = (trial: TrialRecord) => trial }: {
    rounds?: number;
    threads?: Record<string, number>;
    change?: (trial: TrialRecord) => TrialRecord;
  } = {},
): Summary {
  const run = makeRun({
    plan: {
      implementations: [...names],
      baseline: names[0],
      sizes: SIZES,
      rounds,
      threads: [1, 2],
    },
  });
  const trials = makeTrials(run, (trial) =>
    change(makeTrial({
      cell: { ...trial.cell, threads: threads[trial.cell.implementation] ?? 1 },
      round: trial.round,
      epochNs: trial.cell.examples * 5000 * factor(trial.cell, trial.round),
    })));
  return summarise(run, trials, "run");
}

const chosen = ({ choices, series }: Summary) =>
  choices.map(({ series: one }) => series[one].implementation);

test("the fastest is chosen at every size, and the others are told apart from it", () => {
  const summary = summaryOf(["a", "b"], ({ implementation }) => implementation === "a" ? 2 : 1);
  assert.deepEqual(chosen(summary), ["b", "b", "b", "b"]);
  for (const { rivals, examples, fastest, series } of summary.choices) {
    assert.equal(fastest, series);
    assert.equal(rivals.length, 1);
    const [{ ratio, interval, verdict }] = rivals;
    assert.ok(interval![0] < ratio && ratio < interval![1], `${examples}`);
    assert.ok(interval![0] > 1.8 && interval![1] < 2.2, `${examples}: ${interval}`);
    assert.equal(verdict, "slower");
  }
});

test("where another is faster from some size on, the choice changes there", () => {
  const summary = summaryOf(
    ["a", "b"],
    ({ implementation, examples }) => (implementation === "a") === (examples < 4000) ? 1 : 1.5,
  );
  assert.deepEqual(chosen(summary), ["a", "a", "b", "b"]);
});

test("what noise alone makes the fastest at one size does not change the choice there", () => {
  // b takes 1 % longer than a but at 4,000, where a takes 1 % longer.
  const summary = summaryOf(
    ["a", "b"],
    ({ implementation, examples }, round) =>
      (implementation === "a" ? 0.99 : 1) *
      (implementation === "a" && examples === 4000 ? 1.02 : 1) *
      (round === 2 ? 1.04 : 1),
  );
  assert.equal(new Set(chosen(summary)).size, 1);
  assert.ok(new Set(summary.choices.map(({ fastest }) => fastest)).size > 1);
  for (const { rivals: [{ verdict }] } of summary.choices) assert.notEqual(verdict, "faster");
});

test("more threads must buy more than a tenth of the time", () => {
  const threads = { b: 2 };
  const by = (share: number) =>
    summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 1 - share : 1, {
      threads,
    });
  const little = by(0.05);
  assert.deepEqual(chosen(little), ["a", "a", "a", "a"]);
  for (const { fastest, series } of little.choices) assert.notEqual(fastest, series);
  assert.deepEqual(chosen(by(0.3)), ["b", "b", "b", "b"]);
});

test("more threads are chosen only where it is known what they buy", () => {
  // b saves about 13 %: in rounds that scatter by as much, and in rounds that do not.
  const by = (scatter: number) =>
    summaryOf(
      ["a", "b"],
      ({ implementation }, round) =>
        implementation === "b" ? 0.87 * (1 + scatter * (round - 2)) : 1,
      { threads: { b: 2 } },
    );
  assert.deepEqual(chosen(by(0.12)), ["a", "a", "a", "a"]);
  assert.deepEqual(chosen(by(0)), ["b", "b", "b", "b"]);
});

test("on as many threads, what is proved faster is chosen, be it by little", () => {
  const summary = summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 0.93 : 1, {
    rounds: 8,
  });
  assert.deepEqual(chosen(summary), ["b", "b", "b", "b"]);
});

test("a wrong gradient and another model are never chosen, nor held against the choice", () => {
  const wrong = summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 0.1 : 1, {
    change: (trial) =>
      trial.cell.implementation === "b"
        ? { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } }
        : trial,
  });
  assert.deepEqual(chosen(wrong), ["a", "a", "a", "a"]);
  assert.ok(wrong.choices.every(({ rivals }) => rivals.length === 0));
  const other = summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 0.1 : 1, {
    change: (trial) =>
      trial.cell.implementation === "b" && trial.trajectory
        ? {
          ...trial,
          trajectory: { ...trial.trajectory, losses: trial.trajectory.losses.map((x) => 2 * x) },
        }
        : trial,
  });
  assert.equal(other.sameModel[0].verdict, "different model");
  assert.deepEqual(chosen(other), ["a", "a", "a", "a"]);
});

test("a single round gives a choice without an interval, and no verdict", () => {
  const summary = summaryOf(["a", "b"], ({ implementation }) => implementation === "a" ? 2 : 1, {
    rounds: 1,
  });
  assert.deepEqual(chosen(summary), ["b", "b", "b", "b"]);
  for (const { rivals: [rival] } of summary.choices) {
    assert.equal(rival.interval, undefined);
    assert.equal(rival.verdict, "unresolved");
  }
  assert.equal(summary.trialSpread, undefined);
});

test("trials' spread is the deviation of the logarithms of their medians", () => {
  const levels = [0.98, 1, 1.02];
  const summary = summaryOf(["a"], () => 1, {
    change: (trial) => ({
      ...trial,
      epochsPerSample: 1,
      samplesNs: Array(5).fill(1e7 * levels[trial.round - 1]),
    }),
  });
  const logs = levels.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / 3;
  const expected = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2);
  assert.ok(Math.abs(summary.trialSpread!.median - expected) < 1e-12);
  assert.ok(Math.abs(summary.trialSpread!.greatest - expected) < 1e-12);
});

test("speedups, rivals and their verdicts of one summary never disagree", () => {
  const random = randomFrom(7, "one summary");
  const summary = summaryOf(
    ["a", "b", "c", "d"],
    ({ implementation }) =>
      ({ a: 1, b: 1, c: 1.05, d: 2 })[implementation]! * Math.exp(0.02 * random.normal()),
    { change: withSetUp({}) },
  );
  const verdicts = new Set<string>();
  for (const { speedup, speedupVerdict } of summary.cells) {
    if (speedupVerdict === undefined) continue;
    verdicts.add(speedupVerdict);
    assert.equal(speedupVerdict, verdictOf([1 / speedup!.high!, 1 / speedup!.low!], 0));
  }
  assert.ok(verdicts.size > 1, "some are resolved, and some are not");
  for (const { examples, series, rivals } of summary.choices!) {
    for (const { series: rival, ratio, interval, verdict, doubt } of rivals) {
      assert.equal(verdict, verdictOf(interval!, 0));
      assert.equal(doubt === undefined, verdict !== "unresolved");
      const [own, other] = [series, rival].map((one) =>
        summary.cells.find((cell) => cell.series === one && cell.cell.examples === examples)!
      );
      // Without set-up, totals have the ratio of the epochs.
      if (summary.series[rival].implementation === "a") near(ratio, own.speedup!.value);
      if (summary.series[series].implementation === "a") near(1 / ratio, other.speedup!.value);
    }
  }
});

const near = (a: number, b: number) => assert.ok(Math.abs(a / b - 1) < 1e-12);

/** Set-up of implementations in ms; 0 where none is given. */
const withSetUp = (ms: Record<string, number>) => (trial: TrialRecord): TrialRecord => ({
  ...trial,
  durations: { wallNs: 1e9, openNs: (ms[trial.cell.implementation] ?? 0) * 1e6 },
});

test("the choice counts set-up, and says from how many epochs on another pays off", () => {
  // At m = 8,000 a takes 40 ms per epoch, b 30 ms and 100 ms to open: b pays off after 10 epochs.
  const summary = summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 0.75 : 1, {
    change: withSetUp({ b: 100 }),
  });
  assert.deepEqual(chosen(summary), ["a", "a", "a", "a"]);
  const { epochs, setUpNs, totalNs, rivals, byEpochs } = summary.choices[3];
  assert.deepEqual([epochs, setUpNs], [3, 0]);
  assert.ok(Math.abs(totalNs / 120e6 - 1) < 0.02);
  const [{ setUpNs: setUpOfB, totalNs: totalOfB, ratio, verdict }] = rivals;
  assert.equal(setUpOfB, 100e6);
  assert.ok(Math.abs(totalOfB / 190e6 - 1) < 0.02);
  assert.ok(Math.abs(ratio / (190 / 120) - 1) < 0.02);
  assert.equal(verdict, "slower");
  assert.deepEqual(byEpochs.map(({ series }) => summary.series[series].implementation), ["a", "b"]);
  assert.ok(byEpochs[0].from === 1 && Math.abs(byEpochs[1].from - 10) <= 1);
});

test("time to 90 % at m = 60,000 is what decides: set-up and three epochs, not the epoch alone", () => {
  // Per epoch b is faster by 5 %; with set-up it takes half as long again.
  const summary = summaryOf(["a", "b"], ({ implementation }) => implementation === "b" ? 0.95 : 1, {
    change: withSetUp({ a: 1, b: 200 }),
  });
  assert.deepEqual(chosen(summary), ["a", "a", "a", "a"]);
  for (const { byEpochs, epochs, series } of summary.choices) {
    const at = byEpochs.findLast(({ from }) => from <= epochs)!;
    assert.equal(at.series, series, "the choice is what is best for its epochs");
  }
});

test("the slowest is not chosen because accuracies of one seed differ: losses that track are of one model", () => {
  // As m = 8,000, B = 1 and one epoch gave it: accuracies two and more points apart, losses equal to 6e-8.
  const accuracies: Record<string, number> = { slow: 0.8612, middle: 0.8341, fast: 0.8357 };
  const times: Record<string, number> = { slow: 849, middle: 60, fast: 33 };
  const summary = summaryOf(
    Object.keys(times),
    ({ implementation }) => times[implementation] / 40,
    {
      rounds: 2,
      change: (trial) => ({
        ...trial,
        training: {
          epochs: [{
            epoch: 1,
            testAccuracy: accuracies[trial.cell.implementation],
            trainNs: trial.cell.examples * 100 * times[trial.cell.implementation],
          }],
        },
      }),
    },
  );
  assert.deepEqual(new Set(chosen(summary)), new Set(["fast"]));
  assert.ok(summary.sameModel.every(({ verdict }) => verdict === "same model"));
});
