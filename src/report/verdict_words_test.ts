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
