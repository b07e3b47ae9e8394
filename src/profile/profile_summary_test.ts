import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../base/random.ts";
import type { Pass, ProfileRecord, SubsetProfile } from "../format/profile_record.ts";
import { makeTrial } from "../../tests/support/trials.ts";
import { summariseProfile } from "./profile_summary.ts";

const MARK_NS = 50;

/** A pass of 100 examples in 10 steps: each phase takes so many ns per example beside its marks. */
function pass(phases: Record<string, number>, plainNs: number, noise = 1): Pass {
  const marked = Object.fromEntries(
    Object.entries(phases).map((
      [name, ns],
    ) => [name, { ns: noise * ns * 100 + 10 * MARK_NS, marks: 10 }]),
  );
  const ns = Object.values(marked).reduce((sum, { ns }) => sum + ns, 0);
  return {
    plainNs: plainNs * 100,
    plainExamples: 100,
    phased: { ns, examples: 100, phases: marked, markNs: MARK_NS },
  };
}

function record(...subsets: SubsetProfile[]): ProfileRecord {
  return { schema: 1, cell: makeTrial().cell, subsets, startedAt: "2026-01-01T00:00:00.000Z" };
}

const subset = (examples: number, passes: Pass[]): SubsetProfile => ({
  examples,
  batchSize: 10,
  passes,
});

const near = (value: number, expected: number, relative: number) =>
  assert.ok(Math.abs(value / expected - 1) < relative, `${value} is not near ${expected}`);

test("the time of marks is subtracted, and the phases add up to the whole", () => {
  const random = randomFrom(1, "closure");
  const passes = Array.from({ length: 60 }, () => {
    const noise = 1 + 0.04 * (random.uniform() - 0.5);
    return pass(
      { forward: 300, backward: 100 },
      400 * (1 + 0.04 * (random.uniform() - 0.5)),
      noise,
    );
  });
  const { subsets: [{ phases, closure, nsPerExample, passes: counted }] } = summariseProfile(
    record(subset(1000, passes)),
  );
  assert.deepEqual(phases.map(({ phase }) => phase), ["forward", "backward"]);
  near(phases[0].nsPerExample.value, 300, 0.01);
  near(phases[1].share, 0.25, 1e-9);
  near(nsPerExample.value, 400, 0.01);
  assert.equal(counted, 54); // the slowest tenth is left out
  assert.ok(closure!.closes);
  assert.ok(closure!.ratio.low < 1 && 1 < closure!.ratio.high);
  // 2 marks a step, 10 steps, of 100 examples.
  near(closure!.markShare, 1000 / (1000 + 400 * 100), 0.01);
});

test("phases that miss a tenth of the time do not add up", () => {
  const passes = Array.from({ length: 20 }, () => pass({ forward: 300, backward: 60 }, 400));
  const { subsets: [{ closure }] } = summariseProfile(record(subset(1000, passes)));
  near(closure!.ratio.value, 0.9, 1e-9);
  assert.equal(closure!.closes, false);
});

test("phases that are too noisy do not add up", () => {
  const passes = [0.8, 1.2, 0.9, 1.15].map((noise) => pass({ forward: 400 }, 400, noise));
  const { subsets: [{ closure }] } = summariseProfile(record(subset(1000, passes)));
  assert.ok(Math.abs(closure!.ratio.value - 1) < 0.05);
  assert.equal(closure!.closes, false);
  const alone = summariseProfile(record(subset(1000, [pass({ forward: 400 }, 400)])));
  assert.equal(alone.subsets[0].closure!.closes, false, "a single pass has no interval");
});

test("warm-up passes do not count", () => {
  const slow = Array.from({ length: 10 }, () => pass({ forward: 4000 }, 4000));
  const fast = Array.from({ length: 40 }, (_, i) => pass({ forward: 400 + i % 3 }, 400 + i % 3));
  const { subsets: [{ nsPerExample }] } = summariseProfile(
    record(subset(1000, [...slow, ...fast])),
  );
  near(nsPerExample.value, 401, 0.01);
});

test("each phase has an exponent, without an interval for two m", () => {
  const sizes = [1000, 2000, 4000, 8000];
  const subsets = sizes.map((m) =>
    subset(m, Array.from({ length: 5 }, () => pass({ flat: 300, grows: m / 10 }, 300 + m / 10)))
  );
  const { exponents } = summariseProfile(record(...subsets));
  const [flat, grows] = exponents!.phases;
  near(flat.exponent.value, 1, 1e-9);
  near(grows.exponent.value, 2, 1e-9);
  assert.ok(exponents!.whole.low! > 1.2 && exponents!.whole.high! < 2);
  const two = summariseProfile(record(...subsets.slice(0, 2))).exponents!;
  near(two.phases[1].exponent.value, 2, 1e-9);
  assert.equal(two.whole.low, undefined);
  assert.equal(summariseProfile(record(subsets[0])).exponents, undefined);
});

test("allocations are given per step and per example, pauses as a share of the time", () => {
  const allocation = {
    steps: 10,
    examples: 100,
    wallNs: 1e9,
    heapBytes: 5000,
    bufferBytesPerStep: 200,
    collections: [{ kind: "Scavenge", pauseNs: 1e6 }, { kind: "Scavenge", pauseNs: 3e6 }],
  };
  const { subsets: [figures] } = summariseProfile(
    record({ ...subset(1000, [pass({ forward: 400 }, 400)]), allocation }),
  );
  assert.deepEqual(figures.allocation, {
    heapBytesPerStep: 500,
    heapBytesPerExample: 50,
    bufferBytesPerStep: 200,
    bufferBytesPerExample: 20,
    collections: 2,
    collectionsPerSecond: 2,
    pauseShare: 0.004,
    longestPauseNs: 3e6,
  });
});
