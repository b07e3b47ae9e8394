import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials, type RunOverrides } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "../summary/summarise.ts";
import { verdictText } from "./verdict_words.ts";

function verdictOf(
  plan: RunOverrides["plan"] = {},
  change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial,
): string {
  const run = makeRun({ plan: { sizes: [1000, 4000], ...plan } });
  const text = verdictText(summarise(run, makeTrials(run, change), "run"));
  assert.ok(text.split(" ").length <= 15, text);
  return text;
}

const opening = (openNs: (name: string) => number) => (trial: TrialRecord): TrialRecord => ({
  ...trial,
  durations: { ...trial.durations!, openNs: openNs(trial.cell.implementation) },
});

test("a long set-up: who is best for fewer epochs, or for more, stands beside the choice", () => {
  // An epoch of 4,000 examples takes 48 ms, or 20 ms after a set-up of 40 ms: 2 epochs pay for it.
  const soon = verdictOf({ sizes: [4000] }, opening((name) => name === "fused_typed" ? 40e6 : 0));
  assert.equal(
    soon.replace(/[\d.]+ ×/, "# ×"),
    "Choose fused_typed (outer_product below 2 epochs): # × the speed of naive_loop.",
  );
  const late = verdictOf({ sizes: [4000] }, opening((name) => name === "fused_typed" ? 1e9 : 0));
  assert.match(late, /^Choose outer_product \(fused_typed from 3\d epochs on\): .* naive_loop\.$/);
});

test("programs as fast as each other are tied, and only by name where there are few", () => {
  const alike = (trial: TrialRecord) => ({
    ...trial,
    samplesNs: trial.samplesNs.map((ns, i) =>
      trial.cell.implementation === "naive_loop" ? ns : trial.cell.examples * 5000 + i
    ),
    epochsPerSample: 1,
  });
  const names = ["naive_loop", "a", "b"];
  assert.match(verdictOf({ implementations: names }, alike), /: .*, tied with [ab]\.$/);
  const more = [...names, "c", "d"];
  assert.match(verdictOf({ implementations: more }, alike), /: .*, tied with 3 others\.$/);
});

test("what is not proven is not said, and one program alone is no choice", () => {
  assert.equal(
    verdictOf({ rounds: 1 }, (trial) => trial.round > 1 ? undefined : trial),
    "fused_typed seems fastest; more rounds would tell.",
  );
  assert.equal(
    verdictOf({ implementations: ["naive_loop"] }),
    "Only naive_loop was measured: nothing to compare.",
  );
  const alike = (trial: TrialRecord) => ({
    ...trial,
    samplesNs: trial.samplesNs.map(() => trial.cell.examples * 5000),
    epochsPerSample: 1,
  });
  assert.match(verdictOf({}, alike), /^Too close to call: (\w+, ){2}\w+\.$/);
  assert.match(
    verdictOf({ implementations: ["naive_loop", "a", "b", "c"] }, alike),
    /^Too close to call: \w+ and 3 others\.$/,
  );
});

test("long labels shorten the verdict, and a baseline that wins is compared with the next", () => {
  const runtimes = { runtimes: ["deno", "bun", "node"] as ("deno" | "bun" | "node")[] };
  assert.match(verdictOf(runtimes), /^Choose fused_typed · \w+/);
  assert.match(
    verdictOf({ baseline: "fused_typed" }),
    /^Choose fused_typed: outer_product takes 2\.\d\d × its time\.$/,
  );
});

test("several settings: the winner of each, or how often each wins", () => {
  const change = (trial: TrialRecord) =>
    trial.cell.batchSize > 10 && trial.cell.implementation === "outer_product"
      ? { ...trial, samplesNs: trial.samplesNs.map((ns) => ns / 10) }
      : trial;
  assert.equal(
    verdictOf({ batchSizes: [10, 100] }, change),
    "The setting decides: fused_typed at B = 10, outer_product at B = 100.",
  );
  assert.equal(
    verdictOf({ batchSizes: [10, 50, 100] }, change),
    "The setting decides: of 3, outer_product in 2, fused_typed in 1.",
  );
  // Nobody is left out of the sum.
  const three = (trial: TrialRecord) =>
    trial.cell.batchSize === 500 && trial.cell.implementation === "naive_loop"
      ? { ...trial, samplesNs: trial.samplesNs.map((ns) => ns / 100) }
      : trial.cell.batchSize < 500
      ? change(trial)
      : trial;
  assert.equal(
    verdictOf({ batchSizes: [10, 50, 100, 500] }, three),
    "The setting decides: of 4, outer_product in 2, fused_typed in 1, another in 1.",
  );
});

/** All samples of a cell alike, so that nothing tells the programs apart. */
const asFast = (trial: TrialRecord): TrialRecord => ({
  ...trial,
  samplesNs: trial.samplesNs.map(() => trial.cell.examples * 5000),
  epochsPerSample: 1,
});

test("what holds in some settings is not said of all", () => {
  const batchSizes = [10, 100, 1000];
  const open = (which: readonly number[]) =>
    verdictOf(
      { batchSizes },
      (trial) => which.includes(trial.cell.batchSize) ? asFast(trial) : trial,
    );
  assert.equal(open([]), "fused_typed is fastest in all 3 settings.");
  assert.equal(
    open([100]),
    "fused_typed is fastest in 2 of 3 settings; one is too close to call.",
  );
  assert.equal(
    open([10, 1000]),
    "fused_typed is fastest in 1 of 3 settings; 2 are too close to call.",
  );
  assert.equal(open(batchSizes), "Too close to call in all 3 settings.");
});

test("a setting in which all are tied has no winner that could differ from the others'", () => {
  const text = verdictOf({ batchSizes: [10, 100] }, (trial) => {
    if (trial.cell.batchSize === 10) return trial;
    return trial.cell.implementation === "outer_product"
      ? { ...asFast(trial), samplesNs: trial.samplesNs.map(() => trial.cell.examples * 4999) }
      : asFast(trial);
  });
  assert.equal(text, "fused_typed is fastest in 1 of 2 settings; one is too close to call.");
});

test("a program alone in several settings is compared with nothing", () => {
  assert.equal(
    verdictOf({ batchSizes: [10, 100], implementations: ["naive_loop"] }),
    "Only naive_loop was measured: nothing to compare.",
  );
});

test("where nothing was measured, the reason stands in the verdict", () => {
  assert.equal(
    verdictOf({}, (trial) => ({
      ...trial,
      status: "skipped",
      samplesNs: [],
      reasons: [{ kind: "over-budget", predictedNs: 9e9, leftNs: 1e9, neededNs: 8e9 }],
    })),
    "Nothing was measured: no trial fits into the budget. Raise --budget or choose smaller --sizes.",
  );
});

test("of one program alone, threads are what the setting decides", () => {
  const run = makeRun({
    plan: {
      ...{ implementations: ["wasm_threads"], baseline: "wasm_threads", threads: [1, 2] },
      ...{ sizes: [4000], batchSizes: [10, 1000] },
    },
  });
  const trials = makeTrials(run).flatMap((trial) =>
    [1, 2].map((threads): TrialRecord => {
      const wins = (trial.cell.batchSize > 10) === (threads === 2);
      return {
        ...trial,
        cell: { ...trial.cell, threads },
        samplesNs: trial.samplesNs.map((ns) => wins ? ns / 10 : ns),
      };
    })
  );
  assert.equal(
    verdictText(summarise(run, trials, "run")),
    "wasm_threads: 1 thread at B = 10, 2 threads at B = 1000.",
  );
});

test("the page names as tied whom the terminal names: in all, set-up included", () => {
  // An epoch of 4,000 examples takes 20 or 48 ms: a set-up of 84 ms makes three of them equal.
  const run = makeRun({
    plan: { sizes: [4000], implementations: ["outer_product", "fused_typed"] },
  });
  const trials = makeTrials(run, (trial) => ({
    ...opening((name) => name === "fused_typed" ? 84e6 : 0)(trial),
    samplesNs: trial.samplesNs.map(() => trial.cell.implementation === "fused_typed" ? 20e6 : 48e6),
    epochsPerSample: 1,
  }));
  const summary = summarise(
    { ...run, plan: { ...run.plan, baseline: "outer_product" } },
    trials,
    "run",
  );
  const near = summary.choices[0].rivals.map((rival) => ({
    ...rival,
    ratio: 1,
    interval: [0.97, 1.03] as [number, number],
    verdict: "same" as const,
  }));
  // A third that is known to be slower.
  const slower = { ...near[0], ratio: 2, interval: [1.9, 2.1] as [number, number] };
  const choices = [{
    ...summary.choices[0],
    rivals: [...near, { ...slower, verdict: "slower" as const }],
  }];
  const { series } = summary.choices[0];
  const tied = summary.series[near[0].series].label;
  assert.match(
    verdictText({ ...summary, choices }),
    new RegExp(`^Choose ${summary.series[series].label}.*tied with ${tied}`),
  );
});

test("where the size decides, a tie at the largest one is told, and no choice is made of a draw", () => {
  // An epoch takes 20 µs per example without a set-up, or 5 µs per example after one.
  const costs = (setUpNs: number) => (trial: TrialRecord): TrialRecord => {
    const { implementation, examples } = trial.cell;
    const isSmall = implementation === "small";
    return {
      ...opening(() => isSmall ? 0 : setUpNs)(trial),
      samplesNs: trial.samplesNs.map((_, i) => examples * (isSmall ? 20_000 : 5000) + i),
      epochsPerSample: 1,
    };
  };
  const plan = { epochs: 3, baseline: "small", implementations: ["small", "a"] };
  const both = { ...plan, implementations: ["small", "a", "b"] };
  assert.match(
    verdictOf(both, costs(100e6)),
    /^Choose [ab] \(tied with [ab]\) at m = 4,000, small at 1,000\.$/,
  );
  assert.equal(verdictOf(plan, costs(100e6)), "Choose a at m = 4,000, small at 1,000.");
  assert.match(verdictOf(plan, costs(180e6)), /^Too close to call: /);
});

test("of one that is tied, it is told from how many epochs on it is the best", () => {
  // For 3 epochs both take 144 ms; fused_typed takes less than half per epoch.
  const text = verdictOf(
    { sizes: [4000], implementations: ["naive_loop", "outer_product", "fused_typed"], epochs: 3 },
    opening((name) => name === "fused_typed" ? 84e6 : 0),
  );
  assert.match(
    text,
    /^Choose outer_product: [\d.]+ × the speed of naive_loop, tied with fused_typed \(best from \d epochs\)\.$/,
  );
});
