import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, randomFrom } from "../../src/base/random.ts";
import { type Steadiness, steadyPart } from "../../src/stats/steadiness.ts";

/** How samples scatter: their deviation, correlation with the one before, and share of pauses. */
const NOISES = {
  // Independent, and one in twenty is hit by something.
  rough: { deviation: 0.05, correlation: 0, pauses: 0.05 },
  // As in the trials of results/example (tests/support/noise.ts).
  "like traces": { deviation: 0.02, correlation: 0.44, pauses: 0.011 },
} as const;

/** Times about 100 · level(share of the trial that is over). */
function timings(
  count: number,
  random: Random,
  noise: keyof typeof NOISES,
  level: (share: number) => number = () => 1,
): number[] {
  const { deviation, correlation, pauses } = NOISES[noise];
  let state = random.normal();
  return Array.from({ length: count }, (_, i) => {
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * random.normal();
    const pause = random.uniform() < pauses ? 1 + 0.3 / Math.sqrt(1 - random.uniform()) : 1;
    return 100 * level(i / count) * Math.exp(deviation * state) * pause;
  });
}

const TRACES = 200;

/** How many of 200 traces are classified as this. */
function countOf(
  expected: Steadiness,
  count: number,
  noise: keyof typeof NOISES,
  level?: (share: number) => number,
): number {
  const random = randomFrom(count, `${expected} ${noise}`);
  let found = 0;
  for (let i = 0; i < TRACES; i++) {
    if (steadyPart(timings(count, random, noise, level)).steadiness === expected) found++;
  }
  return found;
}

const ENOUGH = 0.95 * TRACES;

for (const noise of ["rough", "like traces"] as const) {
  test(`stationary noise is flat in 95 % of traces, whatever their length (${noise})`, () => {
    for (const count of [15, 30, 60, 100, 300, 1000]) {
      const found = countOf("flat", count, noise);
      assert.ok(found >= ENOUGH, `${found} of ${TRACES} with ${count} samples`);
    }
  });

  test(`planted shapes are named in 95 % of traces (${noise})`, () => {
    const shapes: [Steadiness, string, (share: number) => number][] = [
      ["warm-up", "a step of 30 %", (share) => share < 0.3 ? 1.3 : 1],
      ["warm-up", "a tenth at twice the time", (share) => share < 0.1 ? 2 : 1],
      ["warm-up", "fading", (share) => 1 + 2 * Math.exp(-20 * share)],
      ["warm-up", "longer than half", (share) => share < 0.6 ? 2 : 1],
      ["slowdown", "a step up at 60 %", (share) => share < 0.6 ? 1 : 1.2],
      ["no steady state", "to and fro", (share) => Math.floor(5 * share) % 2 ? 1.3 : 1],
    ];
    for (const [expected, name, level] of shapes) {
      for (const count of [100, 300]) {
        const found = countOf(expected, count, noise, level);
        assert.ok(found >= ENOUGH, `${name}: ${found} of ${TRACES} with ${count} samples`);
      }
    }
  });
}

test("the steady part begins where the warm-up ends, in nine of ten traces", () => {
  for (const [count, slow, factor] of [[50, 10, 1.5], [200, 10, 1.3], [200, 100, 1.1]]) {
    const random = randomFrom(count + slow, "planted");
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const level = (share: number) => Math.round(share * count) < slow ? factor : 1;
      const { from } = steadyPart(timings(count, random, "like traces", level));
      if (from >= 0.9 * slow && from <= 1.2 * slow + 5) found++;
    }
    assert.ok(found >= 90, `${found} of 100 with ${slow} slow of ${count}`);
  }
});

test("drift that never ends is not flat", () => {
  const random = randomFrom(3, "drift");
  for (let i = 0; i < 50; i++) {
    const samples = timings(200, random, "like traces", (share) => 1 + 0.3 * share);
    assert.match(steadyPart(samples).steadiness ?? "", /^(slowdown|no steady state)$/);
  }
});

test("many samples are binned, and the warm-up's end is still right", () => {
  const random = randomFrom(4, "many");
  const samples = timings(15_500, random, "rough", (share) => share < 0.2 ? 1.5 : 1);
  const { steadiness, from } = steadyPart(samples);
  assert.equal(steadiness, "warm-up");
  assert.ok(Math.abs(from - 3100) <= 32, `from ${from}`);
});
