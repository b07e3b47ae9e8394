import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { randomFrom } from "../base/random.ts";
import { summarise } from "./summarise.ts";

/** Two programs in two runtimes; `ms` has the time of each, `noise` the deviation of trials. */
function summaryOf(ms: Record<string, number>, noise = 0.01, seed = 1) {
  const random = randomFrom(seed, "runtimes");
  const run = makeRun({
    plan: { implementations: ["a", "b"], baseline: "a", runtimes: ["deno", "bun"], sizes: [1000] },
  });
  const trials = makeTrials(run, (trial) => {
    const { implementation, runtime } = trial.cell;
    const ns = 1e6 * ms[`${implementation} ${runtime}`] * Math.exp(noise * random.normal());
    return { ...trial, samplesNs: Array(5).fill(ns), epochsPerSample: 1 };
  });
  return summarise(run, trials, "run");
}

test("another winner in another runtime is an interaction", () => {
  const { runtimeInteraction, series } = summaryOf({
    "a deno": 10,
    "b deno": 20,
    "a bun": 20,
    "b bun": 10,
  });
  assert.ok(runtimeInteraction);
  const { verdict, pValue, winners, degrees } = runtimeInteraction;
  assert.equal(verdict, "winner");
  assert.ok(pValue < 1e-4);
  assert.equal(degrees[0], 1);
  assert.deepEqual(
    winners.map((one) => [one.runtime, series[one.series].implementation]),
    [["deno", "a"], ["bun", "b"]],
  );
});

test("programs that gain differently and keep their order change ratios, not the winner", () => {
  const { runtimeInteraction } = summaryOf({
    "a deno": 10,
    "b deno": 40,
    "a bun": 10,
    "b bun": 20,
  });
  assert.equal(runtimeInteraction!.verdict, "ratios");
  assert.ok(
    Math.abs(runtimeInteraction!.greatest.factor ** 4 - 2) < 0.3 ||
      Math.abs(runtimeInteraction!.greatest.factor ** -4 - 2) < 0.3,
  );
});

test("a runtime that is slower for all alike is none: at most 5 % of 300 runs, and some", () => {
  let seen = 0;
  for (let seed = 0; seed < 300; seed++) {
    const ms = { "a deno": 10, "b deno": 20, "a bun": 15, "b bun": 30 };
    if (summaryOf(ms, 0.03, seed).runtimeInteraction!.verdict !== "none") seen++;
  }
  assert.ok(seen <= 24 && seen >= 3, `${seen} of 300`);
});

test("one runtime, and one round, have no interaction to test", () => {
  const run = makeRun();
  assert.equal(summarise(run, makeTrials(run), "run").runtimeInteraction, undefined);
});
