import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanInput } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";
import { cellKey } from "../format/trial_record.ts";
import { isTimedUnnamed } from "../gradients/availability.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { uniqueCells } from "./schedule.ts";
import {
  affordable,
  leastRoundsOf,
  overBudget,
  type Planned,
  sampleBudgetNs,
  shouldWait,
} from "./budget.ts";
import { areShort } from "./pilots.ts";
import { DEFAULTS, presetInput } from "./presets.ts";
import { expandSizes } from "./make_plan.ts";
import { createPredictor, extrapolate } from "./predict.ts";

const cell = (examples: number, implementation = "a"): Cell => ({
  implementation,
  runtime: "deno",
  examples,
  batchSize: 10,
  layerSizes: [784, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
  rate: 3,
  precision: "float64",
  threads: 1,
  seed: 1,
});

/** A predictor that was taught 1 µs per example and processes of 0.1 s; samples take 2 ms at least. */
function taught() {
  const predictor = createPredictor(2e6);
  predictor.learnPace(cell(1000), 1000, 0.1e9);
  return predictor;
}

test("a pilot shows the pace of other networks, in proportion to their FLOP", () => {
  const predictor = createPredictor(0);
  const small = { ...cell(1000), layerSizes: [784, 16, 10] };
  const large = { ...cell(1000), layerSizes: [784, 160, 10] };
  predictor.learnPace(large, 10_000, 0.1e9);
  assert.equal(predictor.epochNs(large), 10e6);
  const ratio = predictor.epochNs(large) / predictor.epochNs(small);
  assert.ok(ratio > 9 && ratio < 11, `${ratio}`);
  // Another B has a pilot of its own.
  assert.equal(predictor.epochNs({ ...large, batchSize: 1000 }), 0);
});

test("one measured size predicts in proportion, two by their log-log line", () => {
  assert.equal(extrapolate([[1000, 5]], 4000), 20);
  const squared = [[1000, 1e6], [2000, 4e6]] as const;
  assert.ok(Math.abs(extrapolate(squared, 4000) - 16e6) < 1);
  assert.ok(Math.abs(extrapolate(squared, 2000) - 4e6) < 1);
});

test("a trial costs its process, its epochs and one sample, or samples of the least duration", () => {
  assert.equal(taught().trialNs(cell(1000), 3), 0.1e9 + 3 * 1000 * 1000 + 2e6);
  assert.equal(taught().trialNs(cell(10_000), 3), 0.1e9 + 4 * 10_000 * 1000);
});

/** Three rounds of these cells, in this order in each. */
const rounds = (...cells: Cell[]): Planned[] =>
  [1, 2, 3].flatMap((round) => cells.map((one) => ({ cell: one, round })));

/** Runs through the trials as a sweep does, without measuring; returns what is left out. */
function leftOut(trials: readonly Planned[], budgetNs: number): string[] {
  const predictor = taught();
  const measured = new Map<string, number>();
  const closed = new Set<Cell>();
  let remaining = budgetNs;
  return trials.flatMap((trial, i) => {
    const { cell: one, round } = trial;
    const open = trials.slice(i).filter(({ cell }) => !closed.has(cell));
    if (!affordable(open, measured, 3, remaining, predictor).includes(trial)) {
      if (!measured.has(cellKey(one))) closed.add(one);
      return [`${one.examples} round ${round}`];
    }
    measured.set(cellKey(one), (measured.get(cellKey(one)) ?? 0) + 1);
    remaining -= predictor.trialNs(one, 3);
    return [];
  });
}

test("nothing is left out while the budget pays for all rounds of all cells", () => {
  assert.deepEqual(leftOut(rounds(cell(1000), cell(2000)), 10e9), []);
});

test("a cell that the budget does not pay three rounds for is left out, and no other loses a round", () => {
  // 0.105 s, 4.1 s and 0.108 s a round: 12.9 s in all.
  const trials = rounds(cell(1000), cell(1_000_000), cell(2000));
  const all = [1, 2, 3].map((round) => `1000000 round ${round}`);
  for (const seconds of [10, 6, 2]) assert.deepEqual(leftOut(trials, seconds * 1e9), all);
  assert.deepEqual(leftOut(trials, 15e9), []);
});

test("the two subsets that a prediction needs come before large ones that take a sixteenth of their time, not before cheaper ones", () => {
  const predictor = taught();
  predictor.learnPace(cell(1000, "slow"), 20_000, 0.1e9); // 20 times as slow
  const sizes = [1000, 8000, 64_000];
  const trials = rounds(...["a", "slow"].flatMap((name) => sizes.map((size) => cell(size, name))));
  const paid = (seconds: number) =>
    affordable(trials, new Map(), 3, seconds * 1e9, predictor)
      .filter(({ round }) => round === 1)
      .map(({ cell: { implementation, examples } }) => `${implementation} ${examples}`);
  const small = ["a 1000", "slow 1000", "a 8000"];
  // Seconds for three rounds of four epochs, and a tenth more: 1 µs and 20 µs per example.
  const seconds = 1.1 * 3 * (3 * 0.1 + 4 * (0.001 + 0.020 + 0.008)) + 0.01;
  const [second, large] = [0.160, 0.064].map((epoch) => 1.1 * 3 * (0.1 + 4 * epoch) + 0.01);
  assert.deepEqual(paid(seconds + second), [...small, "slow 8000"]);
  assert.deepEqual(paid(seconds + second + large), [...small, "slow 8000", "a 64000"]);
  predictor.learnPace(cell(1000, "slow"), 200_000, 0.1e9); // 200 times as slow
  assert.deepEqual(paid(60).slice(0, 4), ["a 1000", "slow 1000", "a 8000", "a 64000"]);
});

test("where three rounds of every program do not fit, each gets fewer: one alone answers nothing", () => {
  const predictor = taught();
  predictor.learnPace(cell(1000, "b"), 1000, 0.1e9);
  const trials = rounds(cell(1000), cell(1000, "b"), cell(4000), cell(4000, "b"));
  const roundNs = 2 * predictor.trialNs(cell(1000), 3);
  const cells = uniqueCells(trials.map(({ cell }) => cell));
  const least = (times: number, measured = new Map<string, number>()) =>
    leastRoundsOf(cells, measured, 3, 1.1 * times * roundNs + 1, predictor);
  assert.deepEqual([0.5, 1, 2, 3, 50].map((times) => least(times)), [1, 1, 2, 3, 3]);
  // Trials that were paid for already count.
  assert.equal(least(1.5, new Map([[cellKey(cell(1000)), 1]])), 2);
  const paid = affordable(trials, new Map(), 3, 1.1 * roundNs + 1, predictor, least(1));
  assert.deepEqual(paid.map((one) => [one.cell.implementation, one.cell.examples, one.round]), [
    ["a", 1000, 1],
    ["b", 1000, 1],
  ]);
});

test("of more than three rounds, the later rounds of costly cells are left out first", () => {
  const trials = [1, 2, 3, 4, 5].flatMap((round) =>
    [cell(1000), cell(1_000_000)].map((one) => ({ cell: one, round }))
  );
  assert.deepEqual(leftOut(trials, 18e9), ["1000000 round 5"]);
  assert.deepEqual(leftOut(trials, 15e9), ["1000000 round 4", "1000000 round 5"]);
});

test("where no cell fits whole, the cheapest has as many rounds as fit", () => {
  const trials = rounds(cell(1000), cell(2000));
  assert.deepEqual(leftOut(trials, 0.25e9), [
    "2000 round 1",
    "2000 round 2",
    "1000 round 3",
    "2000 round 3",
  ]);
});

test("a cell that was begun goes on, even if one that was not is cheaper", () => {
  const [large, small] = [cell(1_000_000), cell(1000)];
  const left = [2, 3].map((round) => ({ cell: large, round }));
  const trials = [...left, ...rounds(small)];
  const paid = affordable(trials, new Map([[cellKey(large), 1]]), 3, 8.3e9, taught());
  assert.deepEqual(paid, left);
});

test("the reason gives the prediction, what all would need, and what is left", () => {
  const trials = rounds(cell(1_000_000));
  const { predictedNs, neededNs, leftNs } = overBudget(trials, 3, 1e9, taught());
  assert.equal(predictedNs, 4.1e9);
  assert.equal(neededNs, 3 * predictedNs);
  assert.equal(leftNs, 1e9);
});

test("a trial gets its least duration and an equal share of what is left, never more than the limit", () => {
  const predictor = taught();
  const remaining = [cell(1000), cell(1000)];
  const needed = (2 + 0.5 * Math.SQRT2) * predictor.trialNs(cell(1000), 3); // predictions may be off
  assert.equal(
    Math.round(sampleBudgetNs(remaining, 3, needed + 2e9, 60e9, predictor)),
    1e9 + 2e6,
  );
  assert.equal(sampleBudgetNs(remaining, 3, needed + 2e9, 0.5e9, predictor), 0.5e9);
  assert.equal(sampleBudgetNs(remaining, 3, 0, 60e9, predictor), 2e6);
});

test("a long trial of the first round waits until every shorter one has begun", () => {
  const predictor = taught();
  const [long, short] = [cell(2_500_000), cell(1000)].map((one) => ({ cell: one, round: 1 }));
  assert.ok(shouldWait([long, short], 3, 100e9, predictor));
  assert.ok(!shouldWait([long, long], 3, 100e9, predictor));
  assert.ok(!shouldWait([short, long], 3, 100e9, predictor));
  assert.ok(!shouldWait([long, short], 3, 1000e9, predictor));
});

test("no sample is lengthened by the time that a long trial needs if it runs at a slower pace", () => {
  const predictor = taught();
  const long = cell(2_500_000); // 10.1 s
  const short = Array.from({ length: 20 }, () => cell(1000)); // 0.104 s each
  const needed = [long, ...short].reduce((sum, one) => sum + predictor.trialNs(one, 3), 0);
  const share = (remaining: number) =>
    sampleBudgetNs([...short, long], 3, remaining, 60e9, predictor) - 2e6;
  assert.equal(share(needed + 5e9), 0);
  assert.ok(share(needed + 7e9) > 0.05e9);
  // Once it has run, the others get what it left.
  const rest = 20 * predictor.trialNs(cell(1000), 3);
  assert.ok(sampleBudgetNs(short, 3, rest + 5e9, 60e9, predictor) > 0.2e9);
});

test("an epoch is predicted by all its trials: a slow one does not close its cell", () => {
  const predictor = taught();
  const epoch = (trainNs: number) =>
    predictor.learnTrial(
      {
        cell: cell(1000),
        round: 1,
        status: "ok",
        training: { epochs: [{ trainNs }] },
      } as unknown as Parameters<typeof predictor.learnTrial>[0],
    );
  epoch(1e9);
  epoch(1.5e9);
  assert.equal(predictor.epochNs(cell(1000)), 1.25e9);
});

test("a program that was not measured yet is taken to start like the others", () => {
  const predictor = taught();
  const of = (name: string) => predictor.trialNs(cell(1, name), 1);
  assert.ok(Math.abs(of("b") - 0.102e9) < 1e6, `${of("b")}`);
});

test("small subsets need no pilot, large ones and large networks do", () => {
  const usual = { ...cell(2000), layerSizes: [784, 16, 16, 10] };
  assert.ok(areShort([usual], 3));
  assert.ok(!areShort([usual, { ...usual, examples: 60_000 }], 3));
  assert.ok(!areShort([{ ...usual, layerSizes: [784, 1000, 10] }], 3));
});

/** ns per example of Slope's own programs at 784-16-16-10 on a slow machine of two cores: twice those of the example. */
const SLOW_NS: Readonly<Record<string, number>> = {
  naive_loop: 92e3,
  outer_product: 20e3,
  fused_typed: 17e3,
  sparse_typed: 8.8e3,
  wasm_simd: 2.6e3,
  wasm_sparse: 1.5e3,
  wasm_threads: 1.5e3,
  native_sparse: 1e3,
  blas_ffi: 1.6e3,
};

/** What the budget of a plan pays for on that machine, whose processes take 0.2 s to start. */
function paidFor(given: PlanInput) {
  const { implementations = Object.keys(SLOW_NS), sizes = [], rounds = 3, epochs = 3 } = given;
  const cells = implementations.flatMap((name) =>
    expandSizes(sizes, 60_000).map((m) => ({
      ...cell(m, name),
      layerSizes: [784, 16, 16, 10],
    }))
  );
  const predictor = createPredictor(0.1e9);
  for (const one of cells) predictor.learnPace(one, SLOW_NS[one.implementation], 0.2e9);
  const trials = Array.from({ length: rounds }, (_, i) => i + 1)
    .flatMap((round) => cells.map((one) => ({ cell: one, round })));
  const budgetNs = (given.budgetSeconds ?? 0) * 1e9;
  return { trials, paid: affordable(trials, new Map(), epochs, budgetNs, predictor) };
}

test("on a slow machine of two cores the budget of --quick pays for all rounds of its programs", () => {
  const { trials, paid } = paidFor({ ...DEFAULTS, ...presetInput("quick") });
  assert.equal(paid.length, trials.length);
});

test("the default plan fits its budget on a slow machine of two cores: three rounds of every cell that it shows", () => {
  assert.deepEqual(
    Object.keys(SLOW_NS).sort(),
    IMPLEMENTATIONS.filter((one) => isTimedUnnamed(one) && !one.needs?.includes("gpu"))
      .map(({ name }) => name).sort(),
  );
  const { trials, paid } = paidFor(DEFAULTS);
  const byCell = Map.groupBy(paid, ({ cell }) => cellKey(cell));
  for (const [key, rounds] of byCell) assert.equal(rounds.length, 3, key);
  const all = new Map(trials.map(({ cell }) => [cellKey(cell), cell]));
  const left = [...all].flatMap(([key, one]) => byCell.has(key) ? [] : [one]);
  // What is left out is predicted: of naive_loop alone, its largest.
  for (const { implementation, examples } of left) {
    assert.deepEqual([implementation, examples], ["naive_loop", 60_000]);
  }
  const programs = new Set(paid.map(({ cell }) => cell.implementation));
  assert.equal(programs.size, Object.keys(SLOW_NS).length);
});
