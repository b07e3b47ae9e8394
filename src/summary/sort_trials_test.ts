import assert from "node:assert/strict";
import test from "node:test";
import { because, makeRun, makeTrial, tooLong } from "../../tests/support/trials.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";

const sort = (trials: Parameters<typeof sortTrials>[0]) =>
  sortTrials(trials, compareCells(makeRun().plan));

/** The later round has another prediction. */
const skipped = (round: number) =>
  makeTrial({ status: "skipped", reasons: tooLong(7 + round), round, samplesNs: [] });

test("trials of one cell come together, by round", () => {
  const sorted = sort([
    makeTrial({ round: 2 }),
    makeTrial({ cell: { examples: 2000 } }),
    makeTrial({ round: 1 }),
  ]);
  assert.deepEqual(sorted.cells.map((cell) => cell.map(({ round }) => round)), [[1, 2], [1]]);
  assert.deepEqual(sorted.counts, { ok: 3, skipped: 0, failed: 0 });
  assert.deepEqual(sorted.problems, []);
});

test("problems are gathered by cell, status and reasons, whatever their figures", () => {
  const sorted = sort([
    skipped(3),
    skipped(2),
    makeTrial({ status: "failed", reasons: because("it threw"), round: 1 }),
    { ...skipped(1), cell: makeTrial({ cell: { examples: 2000 } }).cell },
  ]);
  assert.deepEqual(
    sorted.problems.map(({ status, reasons, rounds, cell }) => [
      status,
      reasons,
      rounds,
      cell.examples,
    ]),
    [
      ["failed", because("it threw"), [1], 1000],
      ["skipped", tooLong(9), [2, 3], 1000],
      ["skipped", tooLong(8), [1], 2000],
    ],
  );
  assert.deepEqual(sorted.counts, { ok: 0, skipped: 3, failed: 1 });
});

test("rounds that were not repeated belong to the failure of their cell", () => {
  const notRepeated = (round: number) =>
    makeTrial({
      status: "skipped",
      reasons: [{ kind: "not-repeated", round: 1 }],
      round,
      samplesNs: [],
    });
  const { problems, counts } = sort([
    notRepeated(3),
    makeTrial({ status: "failed", reasons: because("it threw"), round: 1 }),
    notRepeated(2),
  ]);
  assert.equal(problems.length, 1);
  assert.deepEqual([problems[0].rounds, problems[0].notRepeated], [[1], [2, 3]]);
  assert.deepEqual(counts, { ok: 0, skipped: 2, failed: 1 });
});

test("a record that says ok without what it must hold is a failure with a reason", () => {
  const { training: _, ...untrained } = makeTrial();
  const { verification: __, ...unverified } = makeTrial({ round: 2 });
  const sorted = sort([
    untrained,
    unverified,
    makeTrial({ round: 3, samplesNs: [] }),
    makeTrial({ round: 4, samplesNs: [0, 0] }),
  ]);
  assert.equal(sorted.counts.failed, 4);
  assert.deepEqual(sorted.problems.map(({ rounds }) => rounds), [[1, 2, 3, 4]]);
  assert.deepEqual(sorted.problems[0].reasons, [{ kind: "incomplete", missing: "figures" }]);
});

test("a cell whose accuracy nobody measured is a failure, and does not vanish", () => {
  const trials = [1, 2].map((round) => makeTrial({ round }));
  const blind = trials.map((trial) => ({
    ...trial,
    cell: { ...trial.cell, examples: 2000 },
    training: { epochs: trial.training!.epochs.map(({ testAccuracy: _, ...epoch }) => epoch) },
  }));
  const { cells, problems, counts } = sort([...trials, ...blind]);
  assert.deepEqual(cells.map(([{ cell }]) => cell.examples), [1000]);
  assert.deepEqual(problems.map(({ cell, rounds, status }) => [cell.examples, rounds, status]), [
    [2000, [1, 2], "failed"],
  ]);
  assert.deepEqual(counts, { ok: 2, skipped: 0, failed: 2 });
});
