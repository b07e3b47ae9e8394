import assert from "node:assert/strict";
import test from "node:test";
import { withCeilings } from "../../tests/support/ceilings.ts";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { disturbanceOf } from "./disturbance.ts";
import { summarise } from "./summarise.ts";

test("a cell that is faster than its ceiling has no share of it as a finding", () => {
  const run = withCeilings(makeRun({ plan: { implementations: ["fused_typed"], sizes: [1000] } }));
  const found = (perExample: number) =>
    summarise(
      run,
      makeTrials(run, (trial) =>
        makeTrial({ cell: trial.cell, round: trial.round, epochNs: 1000 * perExample })),
      "run",
    ).cells[0];
  const slow = found(50_000);
  assert.ok(slow.roofline!.ceiling!.share < 1);
  const fast = found(50_000 * slow.roofline!.ceiling!.share / 1.04);
  assert.equal(fast.roofline!.ceiling, undefined);
  assert.ok(Math.abs(fast.roofline!.overCeiling! - 1.04) < 0.05);
});

test("a sample never waited for more than its own time", () => {
  const trial = makeTrial({
    samplesNs: [100, 100],
    sampleInterference: {
      setAsideAbove: 0.05,
      cpuNs: [100, 100],
      involuntarySwitches: [0, 0],
      waitNs: [121, 3],
    },
  });
  assert.deepEqual(disturbanceOf(trial)!.waitedNs, [100, 3]);
});

test("an exponent that may be anything is no law", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000, 4000] } });
  const scattered = { 1000: 3, 2000: 1, 4000: 1 } as Record<number, number>;
  const laws = (factors: Record<number, number>) =>
    summarise(
      run,
      makeTrials(run, (trial) => ({
        ...trial,
        samplesNs: trial.samplesNs.map((ns) => ns * (factors[trial.cell.examples] ?? 1)),
      })),
      "run",
    ).scalingLaws;
  assert.equal(laws({}).length, 3);
  assert.deepEqual(laws(scattered), []);
});

test("a floor of the error that may be anything has no interval to print", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000, 4000, 8000] } });
  const errors: Record<number, number> = { 1000: 0.3, 2000: 0.12, 4000: 0.15, 8000: 0.07 };
  const { learningCurves: [{ fit }] } = summarise(
    run,
    makeTrials(run, (trial) => ({
      ...trial,
      training: {
        epochs: [{ epoch: 1, testAccuracy: 1 - errors[trial.cell.examples], trainNs: 1e6 }],
      },
    })),
    "run",
  );
  assert.ok(fit !== undefined);
  assert.equal(fit.floorInterval, undefined);
});
