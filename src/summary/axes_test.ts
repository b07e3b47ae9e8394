import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { choicesBySetting } from "../report/select.ts";
import { choiceSentences } from "../report/choice_words.ts";
import { kernelKey, problemKey } from "./problem_key.ts";
import { summarise } from "./summarise.ts";

const NARROW = [784, 16, 16, 10];
const WIDE = [784, 128, 10];

const run = makeRun({
  plan: {
    implementations: ["naive_loop", "fused_typed"],
    sizes: [1000, 2000],
    layers: [NARROW, WIDE],
    rates: [3, 0.3],
  },
});
/** naive_loop is the faster one in the narrow network, fused_typed in the wide one. */
const trials = makeTrials(run).map((trial) => {
  const isWide = trial.cell.layerSizes.length === 3;
  const isSlow = isWide === (trial.cell.implementation === "naive_loop");
  const epochNs = (isSlow ? 4 : 1) * (isWide ? 8 : 1) * 1e4 * trial.cell.examples;
  return makeTrial({ cell: trial.cell, round: trial.round, epochNs, sampleCount: 9 });
});
const summary = summarise(run, trials, "run");

test("each network and rate has a choice of its own", () => {
  const chosen = choicesBySetting(summary)
    .map((choices) => choices.map(({ series }) => summary.series[series].label));
  assert.deepEqual(chosen.map((labels) => new Set(labels).size), [1, 1, 1, 1]);
  assert.deepEqual(chosen.map(([label]) => label), [
    "naive_loop · 784-16-16-10 · rate 3",
    "naive_loop · 784-16-16-10 · rate 0.3",
    "fused_typed · 784-128-10 · rate 3",
    "fused_typed · 784-128-10 · rate 0.3",
  ]);
  assert.match(choiceSentences(summary)[2], /^Choose fused_typed · 784-128-10 · rate 3 at every m/);
});

test("speedups and slowdowns compare within one network, never across", () => {
  for (const { cell, speedup, slowdown } of summary.cells) {
    const isWide = cell.layerSizes.length === 3;
    const expected = cell.implementation === "naive_loop" ? 1 : isWide ? 4 : 1 / 4;
    assert.ok(Math.abs(Math.log(speedup!.value / expected)) < 0.1, `${cell.layerSizes}`);
    assert.ok(slowdown === 1 || Math.abs(Math.log(slowdown / 4)) < 0.1);
  }
});

test("every series has a law of its own, and no cache limit is drawn for several networks", () => {
  assert.equal(summary.series.length, 8);
  assert.deepEqual(summary.cacheLimits, []);
  const single = makeRun();
  assert.ok(summarise(single, makeTrials(single), "run").cacheLimits.length > 0);
});

test("cells that differ in network, activation, loss or rate are other problems and kernels", () => {
  const { cell } = makeTrial();
  for (
    const other of [
      { layerSizes: WIDE },
      { hiddenActivation: "relu" },
      { outputLoss: "softmax-cross-entropy" },
      { rate: 0.3 },
    ] as const
  ) {
    const changed = { ...cell, ...other, layerSizes: [...(other.layerSizes ?? cell.layerSizes)] };
    assert.notEqual(problemKey(changed), problemKey(cell));
    assert.notEqual(kernelKey(changed), kernelKey(cell));
  }
});
