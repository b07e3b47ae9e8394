import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { SameModel } from "../format/summary.ts";
import { accuracyDifference, modelSentences } from "./model_words.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");
const model = (series: number, difference: number, loss: number, tolerance: number): SameModel => ({
  series,
  verdict: "same model",
  trajectory: { cells: 7, steps: 100 + series, maxRelativeDifference: loss, tolerance },
  accuracy: {
    examples: 60_000,
    seeds: 1,
    difference,
    interval: [difference - 0.01, difference + 0.01],
    margin: 0.02,
  },
});

test("of several, the greatest difference is reported, with whose it is, and not the one nearest to its bound", () => {
  const [text] = modelSentences({
    ...summary,
    sameModel: [model(1, -0.0123, 4.9e-16, 4.5e-13), model(2, 0.004, 7.5e-8, 2.4e-4)],
  });
  assert.equal(
    text,
    "outer_product, fused_typed train the same model as naive_loop. Losses of single steps differ by up to " +
      "7.5 × 10⁻⁸ (fused_typed: the first 102; rounding explains up to 2.4 × 10⁻⁴). Accuracy differs most for outer_product, by " +
      "−1.23 points [−2.23, −0.23] at m = 60,000.",
  );
});

test("no difference is none, one trains and several train", () => {
  const [text] = modelSentences({ ...summary, sameModel: [model(2, 0, 0, 2.4e-4)] });
  assert.equal(
    text,
    "fused_typed trains the same model as naive_loop. The losses of the first 102 steps are equal. " +
      "Accuracy at m = 60,000 is the same.",
  );
});

test("without evidence there is no half sentence", () => {
  const bare = (verdict: SameModel["verdict"]) =>
    modelSentences({ ...summary, sameModel: [{ series: 2, verdict }] });
  assert.deepEqual(bare("different model"), [
    "No speedup for fused_typed: it trains a different model than naive_loop.",
  ]);
  assert.match(bare("unknown")[0], /^Whether fused_typed trains the same model as/);
});

test("many that all train alike are counted, not listed", () => {
  const many = makeRun({
    plan: { implementations: ["naive_loop", "a", "b", "c", "d"] },
  });
  const [text] = modelSentences(summarise(many, makeTrials(many), "run"));
  assert.match(text, /^All 4 others train the same model as naive_loop\. /);
});

test("a difference of accuracy has its sign and its interval in points", () => {
  assert.equal(accuracyDifference(model(1, -0.0087, 0, 1)), "−0.87 points [−1.87, +0.13]");
  const { accuracy, ...rest } = model(1, -0.0087, 0, 1);
  const { interval: _, ...ofOneSeed } = accuracy!;
  assert.equal(accuracyDifference({ ...rest, accuracy: ofOneSeed }), "−0.87 points");
  assert.equal(accuracyDifference({ series: 1, verdict: "unknown" }), undefined);
});
