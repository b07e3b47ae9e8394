import assert from "node:assert/strict";
import test from "node:test";
import { LIKE_TRACES, TWO_PACES } from "../../tests/support/noise.ts";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { breaksFound, powerOf, SIZES } from "../../tests/support/scaling_simulations.ts";
import { summarise } from "../summary/summarise.ts";

const RUNS = 300;
const series = { noise: LIKE_TRACES, rounds: 3, growth: powerOf(1), constantShare: 0 };
const THIRTEEN = Array.from({ length: 13 }, (_, i) => Math.round(1000 * 2 ** (i / 2)));

test("a break of 30 % is found where it is", () => {
  for (const [sizes, rounds, least] of [[SIZES, 3, 0.6], [SIZES, 10, 0.9], [THIRTEEN, 3, 0.9]]) {
    const how = { ...series, sizes: sizes as number[], rounds: rounds as number };
    const found = breaksFound(how, { place: 3, factor: 1.3 }, RUNS);
    const right = found.filter((place) => place === 3).length;
    const wrong = found.filter((place) => place !== undefined && place !== 3).length;
    assert.ok(right >= (least as number) * RUNS, `${rounds} rounds: ${right} of ${RUNS}`);
    assert.ok(wrong <= 0.03 * RUNS, `${rounds} rounds: ${wrong} elsewhere`);
  }
});

test("where there is no break, at most 5 % of laws have one, with a constant or without", () => {
  for (const noise of [LIKE_TRACES, TWO_PACES]) {
    for (const sizes of [SIZES, THIRTEEN]) {
      for (const constantShare of [0, 0.2]) {
        const how = { ...series, noise, sizes, constantShare };
        const found = breaksFound(how, { place: 3, factor: 1 }, RUNS)
          .filter((place) => place !== undefined);
        assert.ok(found.length <= 0.05 * RUNS, `${sizes.length} sizes: ${found.length} of ${RUNS}`);
      }
    }
  }
});

test("the break stands in the summary, with the cache that the working set outgrows there", () => {
  const run = makeRun({ environment: { cachesBytes: { l2: 5_000_000, l3: 33_554_432 } } });
  const slower = (factor: number) =>
    makeTrials(run, (trial) => {
      const { cell, round } = trial;
      const epochNs = cell.examples * 20_000 * (cell.examples > 4000 ? factor : 1);
      return makeTrial({ cell, round, epochNs });
    });
  const [law] = summarise(run, slower(1.5), "run").scalingLaws;
  const { breakpoint } = law;
  assert.ok(breakpoint);
  assert.equal(breakpoint.after, 4000);
  assert.equal(breakpoint.before, 8000);
  assert.ok(breakpoint.factor.low < 1.5 && 1.5 < breakpoint.factor.high);
  assert.ok(breakpoint.exponent.low < 1 && 1 < breakpoint.exponent.high);
  assert.ok(breakpoint.pValue <= 0.04);
  // 4,000 examples of 785 bytes, and twice 13,002 parameters of 8 bytes.
  assert.deepEqual(breakpoint.cache, {
    level: "l2",
    bytes: 5_000_000,
    workingSetBytes: [4000 * 785 + 2 * 13_002 * 8, 8000 * 785 + 2 * 13_002 * 8],
  });
  assert.equal(summarise(run, slower(1), "run").scalingLaws[0].breakpoint, undefined);
  const faster = summarise(run, slower(0.6), "run").scalingLaws[0].breakpoint;
  assert.ok(faster && faster.factor.high < 1);
  assert.equal(faster.cache, undefined, "nothing gets faster by leaving a cache");
});
