import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { packBits } from "../base/bits.ts";
import { type Random, randomFrom } from "../base/random.ts";
import { NUDGE } from "../trial/trajectory.ts";
import { compareModels, type ModelPair } from "./same_model.ts";
import { isUsable, type UsableTrial } from "./sort_trials.ts";

const STEPS = 200;

/** Losses that fall as training does. */
const LOSSES = Array.from({ length: STEPS }, (_, i) => 0.4 + Math.exp(-i / 50));

interface Trained {
  readonly accuracy?: number;
  readonly seed?: number;
  readonly examples?: number;
  readonly losses?: readonly number[] | undefined;
  /** What becomes of a rounding: it grows by this factor in every step. */
  readonly growth?: number;
  readonly correct?: Uint8Array;
}

function trained(implementation: string, options: Trained): UsableTrial[] {
  const { accuracy = 0.92, seed = 1, examples = 8000, growth = 1, correct } = options;
  const losses = "losses" in options ? options.losses : LOSSES;
  const trial = makeTrial({
    cell: { implementation, seed, examples },
    training: {
      epochs: [{
        epoch: 1,
        loss: 0.1,
        testAccuracy: accuracy,
        trainNs: 1,
        ...(correct && { correct: packBits(correct) }),
      }],
    },
    ...(losses && {
      trajectory: {
        losses: [...losses],
        nudged: losses.map((loss, i) => loss * (1 + NUDGE * growth ** i)),
      },
    }),
  });
  if (losses === undefined) delete trial.trajectory;
  assert.ok(isUsable(trial));
  return [trial];
}

const pair = (own: Trained, baseline: Trained = {}): ModelPair => ({
  own: trained("fused_typed", own),
  baseline: trained("naive_loop", baseline),
});

test("losses that differ by rounding are of one model", () => {
  const rounded = LOSSES.map((loss, i) => loss * (1 + 1e-7 * Math.sin(i)));
  const found = compareModels([pair({ losses: rounded, accuracy: 0.913 })]);
  assert.equal(found.verdict, "same model");
  assert.equal(found.trajectory?.steps, STEPS);
  assert.ok(Math.abs(found.trajectory!.maxRelativeDifference - 1e-7) < 1e-9);
});

test("losses that part by more than rounding can make are of another model", () => {
  // As a learning rate does that is 1 % off: 2e-3 within 20 steps.
  const off = LOSSES.map((loss, i) => loss * (1 + 1e-4 * i));
  assert.equal(compareModels([pair({ losses: off })]).verdict, "different model");
});

test("both in float64, a hundredth of what float32 may do is too much", () => {
  const losses = LOSSES.map((loss) => loss * (1 + 1e-9));
  const both = { own: trained("outer_product", { losses }), baseline: trained("naive_loop", {}) };
  assert.equal(compareModels([both]).verdict, "different model");
});

test("steps are compared only until training has amplified a rounding", () => {
  // Doubles in every step: 2⁷ is passed after seven.
  const wild = LOSSES.map((loss, i) => i < 8 ? loss : 2 * loss);
  const found = compareModels([pair({ losses: wild, growth: 2 }, { growth: 2 })]);
  assert.equal(found.verdict, "same model");
  assert.equal(found.trajectory?.steps, 8);
  // Where that is at once, nothing can be compared.
  const atOnce = compareModels([pair({ losses: wild, growth: 100 }, { growth: 100 })]);
  assert.deepEqual([atOnce.verdict, atOnce.trajectory], ["unknown", undefined]);
});

test("what is judged does not say how far it is looked at, and may not diverge alone", () => {
  const off = LOSSES.map((loss) => loss * 1.01);
  assert.equal(compareModels([pair({ losses: off, growth: 100 })]).verdict, "different model");
  const [own] = trained("fused_typed", { losses: LOSSES.slice(0, 3) });
  const diverged = { ...own, trajectory: { ...own.trajectory!, diverged: true as const } };
  const found = compareModels([{ own: [diverged], baseline: trained("naive_loop", {}) }]);
  assert.equal(found.verdict, "different model");
});

test("losses that track prove the same model, whatever the accuracies of a seed or of several", () => {
  const rounded = LOSSES.map((loss, i) => loss * (1 + 6e-8 * Math.sin(i)));
  const at = (accuracy: number, seed: number) =>
    pair({ losses: rounded, accuracy, seed }, { accuracy: 0.86, seed });
  assert.equal(compareModels([at(0.835, 1)]).verdict, "same model");
  const several = [0.84, 0.841, 0.842].map((accuracy, i) => at(accuracy, i + 1));
  assert.equal(compareModels(several).verdict, "same model");
});

test("an accuracy has an interval only where several seeds measured one: Student's t over them", () => {
  assert.equal(compareModels([pair({ accuracy: 0.91 })]).accuracy?.interval, undefined);
  const { accuracy } = compareModels(
    [0.01, 0.02, 0.03].map((more, i) =>
      pair({ accuracy: 0.92 + more, seed: i + 1 }, { seed: i + 1 })
    ),
  );
  // s = 0.01, t(0.975, 2) = 4.30265
  const half = 4.30265 * 0.01 / Math.sqrt(3);
  assert.ok(Math.abs(accuracy!.difference - 0.02) < 1e-12);
  assert.ok(Math.abs(accuracy!.interval![0] - (0.02 - half)) < 1e-6);
  assert.ok(Math.abs(accuracy!.interval![1] - (0.02 + half)) < 1e-6);
});

test("without losses on both sides it is not known, unless accuracies are certainly apart", () => {
  const without = (accuracy: number, seed = 1) =>
    pair({ losses: undefined, accuracy, seed }, { losses: undefined, seed });
  assert.equal(compareModels([pair({ losses: undefined })]).verdict, "unknown");
  assert.equal(compareModels([without(0.9)]).verdict, "unknown", "one seed shows no scatter");
  assert.equal(compareModels([without(0.7)]).verdict, "different model", "grossly apart");
  const several = [0.9, 0.901, 0.899].map((accuracy, i) => without(accuracy, i + 1));
  assert.equal(compareModels(several).verdict, "different model");
  assert.equal(compareModels([]).verdict, "unknown");
});

test("of the largest subset the accuracies count, of all sizes the losses", () => {
  const off = LOSSES.map((loss) => loss * 1.001);
  const found = compareModels([
    pair({ examples: 1000, losses: off, accuracy: 0.5 }, { examples: 1000 }),
    pair({ examples: 8000 }, { examples: 8000 }),
  ]);
  assert.equal(found.verdict, "different model");
  assert.equal(found.accuracy?.difference, 0);
  assert.equal(found.trajectory?.cells, 2);
});

test("predictions are reported seed by seed and decide nothing", () => {
  const bits = (right: number) => Uint8Array.from({ length: 1000 }, (_, i) => i < right ? 1 : 0);
  const found = compareModels([pair({ correct: bits(900) }, { correct: bits(930) })]);
  assert.equal(found.verdict, "same model");
  const [{ seed, onlyOwn, onlyBaseline, pValue }] = found.predictions ?? [];
  assert.deepEqual([seed, onlyOwn, onlyBaseline], [1, 0, 30]);
  assert.ok(pValue < 1e-6);
});

/** Two runs of one method over some seeds, one of them worse by so much; losses were not recorded. */
function chaoticPairs(seeds: number, worse: number, random: Random): ModelPair[] {
  return Array.from({ length: seeds }, (_, i) => {
    const side = (less: number) => ({
      seed: i + 1,
      losses: undefined,
      accuracy: 0.924 + 0.0046 * random.normal() - less,
    });
    return pair(side(worse), side(0));
  });
}

for (const seeds of [1, 2, 3, 5]) {
  test(`without losses, chaos alone makes a different model in at most 5 % of runs of ${seeds} seeds`, () => {
    const random = randomFrom(seeds, "chaos");
    let different = 0;
    for (let run = 0; run < 400; run++) {
      const { verdict } = compareModels(chaoticPairs(seeds, 0, random));
      if (verdict === "different model") different++;
    }
    assert.ok(different <= 20, `${different} of 400`);
  });
}

test("three points worse over five seeds are found in 95 % of runs without losses", () => {
  const random = randomFrom(3, "worse");
  let different = 0;
  for (let run = 0; run < 400; run++) {
    const { verdict } = compareModels(chaoticPairs(5, 0.03, random));
    if (verdict === "different model") different++;
  }
  assert.ok(different >= 380, `${different} of 400`);
});
