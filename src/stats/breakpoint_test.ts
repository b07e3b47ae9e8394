import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";

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
