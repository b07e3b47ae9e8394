import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { disturbanceOf, undisturbed } from "./disturbance.ts";

/** Samples of 100 ns each; what is not said of them is quiet. */
function trialWith(
  sampleInterference: Partial<NonNullable<TrialRecord["sampleInterference"]>>,
  samples = 4,
): TrialRecord {
  return makeTrial({
    samplesNs: Array(samples).fill(100),
    sampleInterference: {
      setAsideAbove: 0.05,
      cpuNs: Array(samples).fill(100),
      involuntarySwitches: Array(samples).fill(0),
      ...sampleInterference,
    },
  });
}

test("a process without a CPU waited as far as the machine saw tasks wait", () => {
  const trial = trialWith({ cpuNs: [100, 60, 60, 60], pressureNs: [50, 0, 10, 90] });
  assert.deepEqual(disturbanceOf(trial)?.waitedNs, [0, 0, 10, 40]);
  assert.deepEqual(disturbanceOf(trial)?.isDisturbed, [false, false, true, true]);
});

test("time that the hypervisor took counts like pressure", () => {
  const trial = trialWith({
    cpuNs: [60, 60, 60, 60],
    pressureNs: [0, 0, 0, 0],
    stealNs: [0, 20, 40, 80],
  });
  assert.deepEqual(disturbanceOf(trial)?.waitedNs, [0, 20, 40, 40]);
});

test("where the system says how long the process waited, that counts", () => {
  const trial = trialWith({ cpuNs: [60, 60, 60, 60], waitNs: [0, 3, 5, 6] });
  assert.deepEqual(disturbanceOf(trial)?.isDisturbed, [false, false, false, true]);
});

test("a wait that began before its sample is no longer than the sample", () => {
  const trial = trialWith({ waitNs: [0, 250, 100, 0] });
  assert.deepEqual(disturbanceOf(trial)?.waitedNs, [0, 100, 100, 0]);
});

test("CPU time of more than the sample, of a collector beside the kernel, is no negative wait", () => {
  assert.deepEqual(disturbanceOf(trialWith({ cpuNs: [180, 100, 100, 100] }))?.waitedNs, [
    0,
    0,
    0,
    0,
  ]);
});

test("several threads and devices wait for themselves, and nothing is known without a record of interference", () => {
  const slow = { cpuNs: [10, 10, 10, 10], pressureNs: [90, 90, 90, 90] };
  assert.equal(disturbanceOf(makeTrial({ ...trialWith(slow), cell: { threads: 2 } })), undefined);
  assert.equal(disturbanceOf({ ...trialWith(slow), device: { name: "a GPU" } }), undefined);
  assert.equal(disturbanceOf(makeTrial()), undefined);
});

test("disturbed samples are set aside while three and half of them are left", () => {
  const quiet = 100;
  const hit = 50;
  const cpu = (...cpuNs: number[]) => trialWith({ cpuNs }, cpuNs.length);
  assert.deepEqual(undisturbed(cpu(quiet, hit, quiet, quiet), 0), [0, 2, 3]);
  assert.deepEqual(undisturbed(cpu(quiet, hit, quiet, quiet), 1), [1, 2, 3], "two would be left");
  assert.deepEqual(undisturbed(cpu(hit, hit, hit, hit, quiet, quiet, quiet), 0).length, 7);
  assert.deepEqual(undisturbed(makeTrial({ samplesNs: [1, 2, 3] }), 1), [1, 2]);
});

test("what comes after the end of the record is not known to be disturbed", () => {
  const trial = trialWith({ cpuNs: [50, 100, 100] }, 3);
  const longer = { ...trial, samplesNs: [...trial.samplesNs, 100, 100] };
  assert.deepEqual(undisturbed(longer, 0), [1, 2, 3, 4]);
});

test("where no file of the system could be read, the reason comes with the guess", () => {
  const unreadable = [{ path: "/proc/pressure/cpu", message: "not found" }];
  assert.equal(disturbanceOf(trialWith({ unreadable }))?.guessed, unreadable);
  assert.equal(disturbanceOf(trialWith({ unreadable, waitNs: [0, 0, 0, 0] }))?.guessed, undefined);
});
