import assert from "node:assert/strict";
import test from "node:test";
import {
  because,
  makeRun,
  makeTrial,
  tooLong,
  type TrialOverrides,
} from "../../tests/support/trials.ts";
import { matchCells } from "./match_cells.ts";
import { compareCells } from "./series.ts";

const compare = compareCells(makeRun().plan);
const twice = (overrides: TrialOverrides = {}) =>
  [1, 2].map((round) => makeTrial({ ...overrides, round }));
const kindsOf = (a: ReturnType<typeof twice>, b: ReturnType<typeof twice>) =>
  matchCells(a, b, compare).refused.map(({ kind, reason, reasons }) =>
    reasons === undefined ? [kind, reason] : [kind, reason, reasons]
  );

test("cells with two right trials on both sides match, in the order of the plan", () => {
  const a = [...twice({ cell: { examples: 2000 } }), ...twice()];
  const { matched, refused } = matchCells(a, a.toReversed(), compare);
  assert.deepEqual(matched.map(({ cell }) => cell.examples), [1000, 2000]);
  assert.deepEqual(matched.map(({ a, b }) => [a.length, b.length]), [[2, 2], [2, 2]]);
  assert.deepEqual(refused, []);
});

test("a cell of one side is told with its like on the other, where one field differs", () => {
  assert.deepEqual(kindsOf(twice(), twice({ cell: { seed: 2 } })), [
    ["only-in-a", "only in A; B has it with seed 2"],
    ["only-in-b", "only in B; A has it with seed 1"],
  ]);
  assert.deepEqual(kindsOf(twice(), twice({ cell: { precision: "float64" } }))[0], [
    ...["only-in-a", "only in A; B has it with precision float64"],
  ]);
  assert.deepEqual(kindsOf(twice(), twice({ cell: { seed: 2, threads: 2 } }))[0][1], "only in A");
  assert.deepEqual(kindsOf(twice(), twice({ cell: { examples: 2000 } }))[0][1], "only in A");
});

test("right in A and failed, crashed once or wrong in B is wrong; the other way round it is not measured", () => {
  const failed = twice({ status: "failed", reasons: because("it hung"), samplesNs: [] });
  const onceFailed = [
    makeTrial(),
    makeTrial({ round: 2, status: "failed", reasons: because("it died") }),
  ];
  const wrong = twice({ verification: { verdict: "wrong", tolerance: 1e-5 } });
  assert.deepEqual(kindsOf(twice(), failed), [
    ["wrong", "failed in B, right in A", because("it hung")],
  ]);
  assert.deepEqual(kindsOf(twice(), onceFailed), [
    ["wrong", "failed in B, right in A", because("it died")],
  ]);
  assert.deepEqual(kindsOf(twice(), wrong), [["wrong", "its gradient is wrong in B, right in A"]]);
  assert.deepEqual(kindsOf(failed, twice()), [["not-measured", "failed in A", because("it hung")]]);
  assert.deepEqual(kindsOf(wrong, wrong), [["not-measured", "its gradient is wrong in A"]]);
});

test("skipped, single trials and other devices are refused with the reason", () => {
  const skipped = twice({ status: "skipped", reasons: tooLong(9), samplesNs: [] });
  assert.deepEqual(kindsOf(twice(), skipped), [["not-measured", "skipped in B", tooLong(9)]]);
  const [[kind, reason]] = kindsOf([makeTrial()], twice());
  assert.equal(kind, "few-trials");
  assert.match(String(reason), /^a single trial in A: it takes 2/);
  assert.deepEqual(kindsOf(twice({ device: "a GPU" }), twice()), [
    ["not-measured", "a GPU computed in A, the processor in B"],
  ]);
});

test("a cell that was skipped in A says so, not that it is right there", () => {
  const skipped = twice({ status: "skipped", reasons: tooLong(9), samplesNs: [] });
  const failed = twice({ status: "failed", reasons: because("it hung"), samplesNs: [] });
  assert.deepEqual(kindsOf(skipped, failed), [["not-measured", "skipped in A", tooLong(9)]]);
});
