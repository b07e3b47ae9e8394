import assert from "node:assert/strict";
import test from "node:test";
import type { Ratio } from "./ratio.ts";
import { judge } from "./verdict.ts";

/** A ratio known to within `error` (log), of ten rounds unless said otherwise. */
function ratio(value: number, error: number, trials = 10): Ratio {
  return {
    estimate: { value, low: NaN, high: NaN, confidence: 0.95 },
    logRatio: Math.log(value),
    standardError: error,
    degrees: trials - 1,
    trials: [trials, trials],
  };
}
const rule = { threshold: 0.03, alpha: 0.05 };
const verdicts = (ratios: Ratio[], threshold = rule.threshold) =>
  judge(ratios, { ...rule, threshold }).map(({ verdict }) => verdict);

test("of one cell the verdict is where its whole interval lies", () => {
  // t(0.975, 9) = 2.262
  assert.deepEqual(verdicts([ratio(1.08, 0.02)]), ["slower"]);
  assert.deepEqual(verdicts([ratio(1.07, 0.02)]), ["unresolved"]);
  assert.deepEqual(verdicts([ratio(1 / 1.08, 0.02)]), ["faster"]);
  assert.deepEqual(verdicts([ratio(1.005, 0.01)]), ["same"]);
  assert.deepEqual(verdicts([ratio(1.008, 0.01)]), ["unresolved"]);
  assert.deepEqual(verdicts([ratio(2, 0)]), ["slower"]);
});

test("below the threshold a difference is the same, however sure it is", () => {
  assert.deepEqual(verdicts([ratio(1.01, 0.0001)]), ["same"]);
  assert.deepEqual(verdicts([ratio(1.01, 0.0001)], 0.005), ["slower"]);
  assert.deepEqual(verdicts([ratio(1.01, 0.0001)], 0), ["slower"]);
});

test("Holm holds the smallest p-value against α / m, the next against α / (m − 1)", () => {
  // Each times the number of cells not yet told, and never below the one before.
  const [a, b, c, d] = judge(
    [ratio(1.15, 0.026), ratio(1.12, 0.0288), ratio(1.1, 0.025), ratio(1.05, 0.03)],
    rule,
  );
  assert.ok(Math.abs(a.adjustedPValue - 4 * a.pValue) < 1e-12);
  assert.ok(Math.abs(b.adjustedPValue - 3 * b.pValue) < 1e-12);
  assert.ok(Math.abs(c.adjustedPValue - Math.max(2 * c.pValue, b.adjustedPValue)) < 1e-12);
  assert.deepEqual([a.verdict, b.verdict, c.verdict, d.verdict], [
    "slower",
    "unresolved",
    "unresolved",
    "unresolved",
  ]);
  assert.deepEqual([a.doubt, b.doubt, c.doubt, d.doubt], [
    undefined,
    "many cells",
    "many cells",
    "noise",
  ]);
  assert.equal(b.leaning, "slower");
  // Alone, each of the first three would be one.
  assert.deepEqual(verdicts([ratio(1.1, 0.025)]), ["slower"]);
});

test("where one p-value fails, no greater one passes", () => {
  // p = 0.03 and 0.04: the first fails at α / 2, the second would pass at α / 1.
  const [a, b] = judge([ratio(1.0844, 0.02), ratio(1.0806, 0.02)], rule);
  assert.ok(a.pValue < b.pValue && b.pValue < 0.05 && 2 * a.pValue > 0.05);
  assert.deepEqual([a.verdict, b.verdict], ["unresolved", "unresolved"]);
  assert.equal(b.adjustedPValue, a.adjustedPValue);
});

test("verdicts do not depend on the order of the cells", () => {
  const cells = [ratio(1.15, 0.026), ratio(1.005, 0.005), ratio(0.8, 0.02), ratio(1.05, 0.03)];
  assert.deepEqual(verdicts(cells), ["slower", "same", "faster", "unresolved"]);
  assert.deepEqual(verdicts(cells.toReversed()), verdicts(cells).reverse());
});

test("a single trial on a side gives no verdict, and takes nothing from the other cells", () => {
  const lone: Ratio = { ...ratio(3, 0.001), trials: [10, 1] };
  const [one, other] = judge([lone, ratio(1.08, 0.02)], rule);
  assert.deepEqual([one.verdict, one.doubt, one.pValue], ["unresolved", "one trial", 1]);
  assert.equal(other.verdict, "slower");
  assert.equal(other.adjustedPValue, other.pValue);
});

test("few trials cannot be surer than luck allows: 4⁻ⁿ for n rounds, times two for two sides", () => {
  const sure = (trials: number, cells: number) =>
    judge(Array.from({ length: cells }, () => ratio(1.5, 1e-9, trials)), rule)[0];
  assert.equal(sure(3, 1).pValue, 2 / 64);
  assert.equal(sure(3, 1).verdict, "slower");
  assert.deepEqual([sure(3, 2).verdict, sure(3, 2).doubt], ["unresolved", "few trials"]);
  assert.deepEqual([sure(2, 1).verdict, sure(2, 1).doubt], ["unresolved", "few trials"]);
  assert.equal(sure(2, 1).trialsNeeded, 3);
  for (const cells of [6, 25, 49]) {
    const needed = sure(3, cells).trialsNeeded;
    assert.equal(sure(needed, cells).verdict, "slower");
    assert.equal(sure(needed - 1, cells).verdict, "unresolved");
  }
});

test("no cells, no verdicts", () => {
  assert.deepEqual(judge([], rule), []);
});
