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
const reasonsOf = (a: ReturnType<typeof twice>, b: ReturnType<typeof twice>) =>
  matchCells(a, b, compare).refused.map(({ reason }) => reason);

test("cells with two right trials on both sides match, in the order of the plan", () => {
  const a = [...twice({ cell: { examples: 2000 } }), ...twice()];
  const { matched, refused } = matchCells(a, a.toReversed(), compare);
  assert.deepEqual(matched.map(({ cell }) => cell.examples), [1000, 2000]);
  assert.deepEqual(matched.map(({ a, b }) => [a.length, b.length]), [[2, 2], [2, 2]]);
  assert.deepEqual(refused, []);
});

test("a cell of one side is refused with its like on the other, where one field differs", () => {
  assert.deepEqual(reasonsOf(twice(), twice({ cell: { seed: 2 } })), [
    { kind: "only-in", side: "a", nearest: { field: "seed", value: "2" } },
    { kind: "only-in", side: "b", nearest: { field: "seed", value: "1" } },
  ]);
  const [precision] = reasonsOf(twice(), twice({ cell: { precision: "float64" } }));
  assert.deepEqual(precision, {
    kind: "only-in",
    side: "a",
    nearest: { field: "precision", value: "float64" },
  });
  const alone = { kind: "only-in", side: "a" };
  assert.deepEqual(reasonsOf(twice(), twice({ cell: { seed: 2, threads: 2 } }))[0], alone);
  assert.deepEqual(reasonsOf(twice(), twice({ cell: { examples: 2000 } }))[0], alone);
});

test("right in A and failed, crashed once or wrong in B is wrong; the other way round it is not measured", () => {
  const failed = twice({ status: "failed", reasons: because("it hung"), samplesNs: [] });
  const onceFailed = [
    makeTrial(),
    makeTrial({ round: 2, status: "failed", reasons: because("it died") }),
  ];
  const wrong = twice({ verification: { verdict: "wrong", tolerance: 1e-5 } });
  const [hung, died, wrongGradient] = [
    { kind: "failed", reasons: because("it hung") },
    { kind: "failed", reasons: because("it died") },
    { kind: "wrong-gradient" },
  ];
  assert.deepEqual(reasonsOf(twice(), failed), [{ kind: "wrong", fault: hung }]);
  assert.deepEqual(reasonsOf(twice(), onceFailed), [{ kind: "wrong", fault: died }]);
  assert.deepEqual(reasonsOf(twice(), wrong), [{ kind: "wrong", fault: wrongGradient }]);
  assert.deepEqual(reasonsOf(failed, twice()), [{ kind: "faulty-before", fault: hung }]);
  assert.deepEqual(reasonsOf(wrong, wrong), [{ kind: "faulty-before", fault: wrongGradient }]);
});

test("skipped, single trials and other devices are refused with the reason", () => {
  const skipped = twice({ status: "skipped", reasons: tooLong(9), samplesNs: [] });
  assert.deepEqual(reasonsOf(twice(), skipped), [
    { kind: "skipped", side: "b", reasons: tooLong(9) },
  ]);
  assert.deepEqual(reasonsOf([makeTrial()], twice()), [
    { kind: "few-trials", sides: ["a"], needed: 2 },
  ]);
  assert.deepEqual(reasonsOf(twice({ device: { name: "a GPU" } }), twice()), [
    { kind: "devices", a: { name: "a GPU" } },
  ]);
});

test("a cell that was skipped in A says so, not that it is right there", () => {
  const skipped = twice({ status: "skipped", reasons: tooLong(1), samplesNs: [] });
  const failed = twice({ status: "failed", reasons: because("it hung"), samplesNs: [] });
  assert.deepEqual(reasonsOf(skipped, failed), [{
    kind: "skipped",
    side: "a",
    reasons: tooLong(1),
  }]);
});
