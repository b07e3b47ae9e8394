import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonicNs } from "../base/clock.ts";
import { type Sampling, TIMING_ENGINES } from "./engines.ts";

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const sampling = (engine: Sampling["engine"], budgetNs: number): Sampling => ({
  engine,
  budgetNs,
  minSamples: 5,
  minSampleNs: 0,
});

test("ordered, mitata and tinybench agree within 5 % on work that takes 0.2 ms", async () => {
  // Spins until the clock has moved on, whatever the machine's pace. A median is off by 5 % only where half of all
  // samples are interrupted; other programs interrupt one in ten at most.
  const timed = {
    mode: "sync" as const,
    prepare: () => {},
    run() {
      const end = monotonicNs() + 2e5;
      while (monotonicNs() < end);
    },
  };
  for (const engine of ["ordered", "mitata", "tinybench"] as const) {
    const ns = median(await TIMING_ENGINES[engine](timed, sampling(engine, 60e6), monotonicNs));
    assert.ok(ns >= 2e5 && ns <= 2.1e5, `${engine}: ${ns} ns`);
  }
});

/** A clock that a test moves by hand. */
function handClock() {
  let now = 0;
  return { clock: () => now, pass: (ns: number) => now += ns };
}

test("the ordered engine keeps every sample in the order taken, preparation off the clock", async () => {
  const { clock, pass } = handClock();
  const times = [900, 300, 200, 250, 200];
  let next = 0;
  const samples = await TIMING_ENGINES.ordered(
    { mode: "sync", prepare: () => void pass(50), run: () => void pass(times[next++]) },
    { engine: "ordered", budgetNs: 0, minSamples: 5, minSampleNs: 0 },
    clock,
  );
  assert.deepEqual(samples, times);
});

test("the ordered engine stops before a sample that the budget does not hold", async () => {
  const { clock, pass } = handClock();
  const samples = await TIMING_ENGINES.ordered(
    { mode: "sync", prepare: () => {}, run: () => void pass(300) },
    { engine: "ordered", budgetNs: 1000, minSamples: 1, minSampleNs: 0 },
    clock,
  );
  assert.equal(samples.length, 3);
});

test("an engine awaits a kernel that answers with a promise", async () => {
  for (const engine of ["ordered", "mitata", "tinybench"] as const) {
    let running = 0;
    let overlapped = false;
    const run = async () => {
      running++;
      if (running > 1) overlapped = true;
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    };
    const samples = await TIMING_ENGINES[engine](
      { mode: "async", prepare: () => {}, run },
      sampling(engine, 10e6),
      monotonicNs,
    );
    assert.equal(overlapped, false, engine);
    assert.ok(samples.every((ns) => ns >= 1e6), `${engine}: ${samples[0]} ns`);
  }
});
