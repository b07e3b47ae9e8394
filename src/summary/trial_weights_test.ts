import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "./summarise.ts";

const SLOW_ROUND = 3;
const isHit = ({ cell, round }: TrialRecord) =>
  cell.implementation === "fused_typed" && cell.examples === 4000 && round === SLOW_ROUND;

/** A run of two rounds or three, in the last of which one trial has a single sample that waited for 90 % of its time. */
function hitRun(rounds: number, isRecorded: boolean) {
  const run = makeRun({ plan: { rounds, sizes: [1000, 2000, 4000] } });
  const trials = makeTrials(run, (trial) => {
    if (!isHit(trial) && !(rounds === 2 && isHit({ ...trial, round: trial.round + 1 }))) {
      return trial;
    }
    const samplesNs = [10 * 5000 * 4000];
    const waitNs = [0.9 * samplesNs[0]];
    return {
      ...trial,
      samplesNs,
      epochsPerSample: 1,
      ...(isRecorded && {
        sampleInterference: { setAsideAbove: 0.05, cpuNs: [1], involuntarySwitches: [9], waitNs },
      }),
    };
  });
  const { cells } = summarise(run, trials, "run");
  return cells.find(({ cell }) => cell.implementation === "fused_typed" && cell.examples === 4000)!;
}

test("a trial of a single disturbed sample does not weigh as one of many", () => {
  const truth = 5000 * 4000;
  const { nsPerEpoch: { value } } = hitRun(2, true);
  assert.ok(Math.abs(value / truth - 1) < 0.25, `${value / truth}`);
  // Where nobody knows of it, two trials are two trials.
  assert.ok(hitRun(2, false).nsPerEpoch.value > 2 * truth);
});

test("a speedup is the quotient of the printed times, also where rounds disagree", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000, 4000] } });
  const trials = makeTrials(run, (trial) => {
    // The baseline lacks two rounds at one size, and the third was hit.
    if (trial.cell.implementation !== "naive_loop" || trial.cell.examples !== 2000) return trial;
    return trial.round === 2
      ? { ...trial, samplesNs: trial.samplesNs.map((ns) => 16 * ns) }
      : undefined;
  });
  const { cells } = summarise(run, trials, "run");
  for (const { cell, nsPerEpoch, speedup } of cells) {
    const baseline = cells.find((one) =>
      one.cell.implementation === "naive_loop" && one.cell.examples === cell.examples
    )!;
    assert.ok(Math.abs(speedup!.value * nsPerEpoch.value / baseline.nsPerEpoch.value - 1) < 1e-12);
    if (speedup!.low !== undefined) assert.ok(speedup!.low <= speedup!.value);
    if (speedup!.high !== undefined) assert.ok(speedup!.high >= speedup!.value);
  }
});

test("a cell with a single trial has an interval that knows how trials of the others differ", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000] } });
  const all = makeTrials(run, (trial) => {
    const isLone = trial.cell.implementation === "fused_typed" && trial.cell.examples === 2000;
    if (isLone) {
      return trial.round === 1 ? { ...trial, samplesNs: [10e6], epochsPerSample: 1 } : undefined;
    }
    return trial;
  });
  const { cells } = summarise(run, all, "run");
  const lone = cells.find(({ trials }) => trials === 1)!;
  const { low, high } = lone.nsPerEpoch;
  assert.ok(high / low > 1.01 && high / low < 1.5, `${high / low}`);
  assert.deepEqual(lone.marks.map(({ kind }) => kind), ["one-sample"]);
});

test("a cell whose interval spans more than a factor of two is marked imprecise", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000] } });
  const trials = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "fused_typed" && trial.round === 2
        ? { ...trial, samplesNs: trial.samplesNs.map((ns) => 3 * ns) }
        : trial,
  );
  for (const { marks, nsPerEpoch: { low, high } } of summarise(run, trials, "run").cells) {
    const mark = marks.find(({ kind }) => kind === "imprecise");
    assert.equal(mark !== undefined, high / low > 2);
    if (mark?.kind === "imprecise") assert.equal(mark.factor, high / low);
  }
});
