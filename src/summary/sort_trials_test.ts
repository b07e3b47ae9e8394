import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";

const sort = (trials: Parameters<typeof sortTrials>[0]) =>
  sortTrials(trials, compareCells(makeRun().plan));

const skipped = (round: number, reason: string) =>
  makeTrial({ status: "skipped", reason, round, samplesNs: [] });

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

test("problems are gathered by cell, status and reason", () => {
  const sorted = sort([
    skipped(3, "too slow"),
    skipped(2, "too slow"),
    makeTrial({ status: "failed", reason: "it threw", round: 1 }),
    { ...skipped(1, "too slow"), cell: makeTrial({ cell: { examples: 2000 } }).cell },
  ]);
  assert.deepEqual(
    sorted.problems.map(({ status, reason, rounds, cell }) => [
      status,
      reason,
      rounds,
      cell.examples,
    ]),
    [
      ["failed", "it threw", [1], 1000],
      ["skipped", "too slow", [2, 3], 1000],
      ["skipped", "too slow", [1], 2000],
    ],
  );
  assert.deepEqual(sorted.counts, { ok: 0, skipped: 3, failed: 1 });
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
  assert.match(sorted.problems[0].reason, /lacks/);
});
