import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { intervalOf, type Ratio } from "./ratio.ts";
import { judge, verdictOf } from "./verdict.ts";

/** A ratio known to within `error` (log), of ten rounds unless said otherwise. */
function ratio(value: number, error: number, trials = 10): Ratio {
  return {
    logRatio: Math.log(value),
    standardError: error,
    degrees: trials - 1,
    trials: [trials, trials],
    paces: Math.log(1.8),
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

test("Holm holds the smallest p-value against α / m, the next against α / (m − 1), until one fails", () => {
  const ratios = [ratio(1.15, 0.026), ratio(1.12, 0.0288), ratio(1.1, 0.025), ratio(1.05, 0.03)];
  const readings = judge(ratios, rule);
  assert.deepEqual(readings.map(({ verdict, doubt }) => [verdict, doubt?.kind]), [
    ["slower", undefined],
    // Beyond the threshold, each alone; after correction, perhaps below it.
    ["unresolved", "across-threshold"],
    ["unresolved", "across-threshold"],
    ["unresolved", "noise"],
  ]);
  // One is decided at α / 4; the others stay at α / 3.
  readings.forEach(({ confidence, interval }, i) => {
    assert.ok(Math.abs(1 - confidence - 0.05 / (i === 0 ? 4 : 3)) < 1e-12);
    intervalOf(ratios[i], confidence).forEach((end, side) => {
      assert.ok(Math.abs(interval![side] / end - 1) < 1e-12);
    });
  });
  // Alone, each of the first three would be one.
  assert.deepEqual(verdicts([ratio(1.1, 0.025)]), ["slower"]);
});

test("where one p-value fails, no greater one passes", () => {
  // p = 0.03 and 0.04: the first fails at α / 2, the second would pass at α / 1.
  const ratios = [ratio(1.0844, 0.02), ratio(1.0806, 0.02)];
  assert.deepEqual(ratios.map((one) => verdicts([one])[0]), ["slower", "slower"]);
  assert.deepEqual(verdicts(ratios), ["unresolved", "unresolved"]);
});

test("a shown interval and the shown verdict never disagree", () => {
  const random = randomFrom(1, "readings");
  for (let family = 0; family < 300; family++) {
    const threshold = family % 3 === 0 ? 0 : 0.1 * random.uniform();
    const ratios = Array.from({ length: 1 + family % 20 }, () =>
      ratio(
        Math.exp(0.3 * random.normal()),
        0.1 * random.uniform() ** 2,
        1 + Math.floor(6 * random.uniform()),
      ));
    for (const { interval, verdict, doubt, ratio } of judge(ratios, { threshold, alpha: 0.05 })) {
      assert.equal(verdict, interval ? verdictOf(interval, threshold) : "unresolved");
      assert.equal(doubt !== undefined, verdict === "unresolved");
      assert.ok(!interval || (interval[0] <= ratio && ratio <= interval[1]));
    }
  }
});

test("verdicts do not depend on the order of the cells", () => {
  const cells = [ratio(1.15, 0.026), ratio(1.005, 0.005), ratio(0.8, 0.02), ratio(1.05, 0.03)];
  assert.deepEqual(verdicts(cells), ["slower", "same", "faster", "unresolved"]);
  assert.deepEqual(verdicts(cells.toReversed()), verdicts(cells).reverse());
});

test("a single trial on a side gives no verdict, and takes nothing from the other cells", () => {
  const lone: Ratio = { ...ratio(3, 0.001), trials: [10, 1] };
  const [one, other] = judge([lone, ratio(1.08, 0.02)], rule);
  assert.deepEqual([one.verdict, one.doubt?.kind, one.interval], [
    "unresolved",
    "one-trial",
    undefined,
  ]);
  assert.equal(other.verdict, "slower");
  assert.equal(other.confidence, 0.95);
});

test("few trials cannot be surer than luck allows: 4⁻ⁿ for n rounds, times two for two sides", () => {
  const sure = (trials: number, cells: number) =>
    judge(Array.from({ length: cells }, () => ratio(1.5, 1e-9, trials)), rule)[0];
  // 2 / 64 is below 5 %, and above 2.5 %.
  assert.equal(sure(3, 1).verdict, "slower");
  const { verdict, doubt, interval } = sure(3, 2);
  assert.deepEqual(doubt, { kind: "few-trials", trials: 3, comparisons: 2, needed: 4 });
  assert.equal(verdict, "unresolved");
  assert.ok(interval![0] < 1.03, "the interval reaches over the threshold");
  assert.deepEqual(sure(2, 1).doubt, {
    kind: "few-trials",
    trials: 2,
    comparisons: 1,
    needed: 3,
  });
  for (const cells of [6, 25, 49]) {
    const { doubt } = sure(2, cells);
    assert.ok(doubt?.kind === "few-trials");
    assert.equal(sure(doubt.needed, cells).verdict, "slower");
    assert.equal(sure(doubt.needed - 1, cells).verdict, "unresolved");
  }
});

test("a difference that no two paces make needs no luck ruled out, nor the rounds for it", () => {
  const among = (value: number, error: number) =>
    judge(Array.from({ length: 33 }, () => ratio(value, error, 3)), {
      threshold: 0,
      alpha: 0.05,
    })[0];
  assert.equal(among(14, 0.001).verdict, "slower");
  assert.equal(among(0.41, 0.001).verdict, "faster");
  assert.equal(among(1.7, 0.001).verdict, "unresolved");
  const [low, high] = among(14, 0.001).interval!;
  assert.ok(low > 13.5 && high < 14.5, "as wide as the noise makes it");
  // Noise beyond the paces still counts.
  assert.equal(among(2, 0.05).verdict, "unresolved");
});

test("an interval holds the ratio that tables show, and its verdict follows from that", () => {
  const shown = { ...ratio(1.2, 0.01), shown: Math.log(0.9) };
  const [{ ratio: told, interval, verdict }] = judge([shown], rule);
  assert.ok(Math.abs(told - 0.9) < 1e-12);
  assert.ok(interval![0] <= told && interval![1] > 1.2);
  assert.equal(verdict, "unresolved");
});

test("a difference that may lie below the threshold is named, with the rounds that would decide", () => {
  const [{ verdict, doubt, interval, roundsNeeded }] = judge([ratio(1.038, 0.006)], rule);
  assert.equal(verdict, "unresolved");
  assert.deepEqual(doubt, { kind: "across-threshold", direction: "slower" });
  assert.ok(interval![0] > 1 && interval![0] < 1.03 && interval![1] > 1.03);
  // Student's t near 2: 2 · 0.006 · √(10 / n) must be below ln (1.038 / 1.03) = 0.0077.
  assert.ok(roundsNeeded! > 20 && roundsNeeded! < 32, `${roundsNeeded}`);
  assert.equal(judge([ratio(1 / 1.038, 0.006)], rule)[0].doubt?.kind, "across-threshold");
  assert.equal(judge([ratio(1.03, 0.001)], rule)[0].roundsNeeded, undefined, "none would do");
  assert.equal(judge([ratio(1.2, 0.001)], rule)[0].roundsNeeded, undefined, "there is a verdict");
});

test("no cells, no verdicts", () => {
  assert.deepEqual(judge([], rule), []);
});
