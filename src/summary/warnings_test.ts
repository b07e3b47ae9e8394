import assert from "node:assert/strict";
import test from "node:test";
import {
  makeRun,
  makeTrials,
  type RunOverrides,
  type TrialOverrides,
} from "../../tests/support/trials.ts";
import type { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { warningTexts } from "../report/warning_words.ts";
import { summarise } from "./summarise.ts";

const told = (run: RunFile, trials: TrialRecord[], name = "run") =>
  warningTexts(summarise(run, trials, name));
const warnings = (run: RunOverrides, trial: TrialOverrides = {}) => {
  const file = makeRun(run);
  const { cell: _, ...fields } = trial;
  return told(file, makeTrials(file, (made) => ({ ...made, ...fields })));
};
const small: RunOverrides["plan"] = { sizes: [1000, 2000], implementations: ["fused_typed"] };

test("a clean run has no warnings", () => {
  assert.deepEqual(warnings({}), []);
});

test("synthetic data are named", () => {
  assert.match(warnings({ data: { synthetic: true } }).join(), /synthetic digits, not MNIST/);
});

test("a single round is named, for all cells or for some", () => {
  assert.match(
    warnings({ plan: { ...small, rounds: 1 } }).join(),
    /^Both cells have a single trial/,
  );
  const run = makeRun({ plan: small });
  const trials = makeTrials(
    run,
    (trial) => trial.round > 1 && trial.cell.examples === 2000 ? undefined : trial,
  );
  assert.match(
    told(run, trials).join(),
    /^1 of 2 cells has a single trial/,
  );
});

test("few steady samples are named", () => {
  const once = { ...small, rounds: 1 };
  const few = (samples: number[]) => warnings({ plan: once }, { samplesNs: samples }).join();
  assert.match(few([1e7]), /Both cells have fewer than 5 steady samples/);
  assert.doesNotMatch(few([1e7, 1.1e7, 1e7, 1.1e7, 1e7]), /steady samples/);
  // Several trials have an interval of how much they differ, however few samples each has.
  assert.deepEqual(warnings({ plan: small }, { samplesNs: [1e7] }), []);
});

test("a machine that others use is named, above 2 % of its time", () => {
  const stolen = (stealNs: number) =>
    warnings({ plan: small }, { interference: { stealNs }, durations: { wallNs: 1e9 } });
  assert.match(stolen(1e8).join(), /both cells .* 2 % .* \(up to 5 %\)/);
  assert.deepEqual(stolen(3e7), []); // of two cores, 1.5 %
});

test("a process that waited for its CPU is named, unless it has several threads", () => {
  const interference = { cpuNs: 7e8, wallNs: 1e9 };
  assert.match(warnings({ plan: small }, { interference }).join(), /less than 90 % .* 70 %/);
  const run = makeRun({ plan: small });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    interference,
    cell: { ...trial.cell, threads: 2 },
  }));
  assert.deepEqual(told(run, trials), []);
});

test("a wrong gradient that was timed is named", () => {
  const verification = { verdict: "wrong", tolerance: 1e-9 } as const;
  assert.match(
    warnings({ plan: { ...small, keepWrong: true } }, { verification }).join(),
    /gradient of fused_typed is wrong/,
  );
});

test("trials of which the audit compared no step are counted and named", () => {
  const run = makeRun({ plan: { ...small, implementations: ["fused_typed", "naive_loop"] } });
  const steps = ({ cell, round }: TrialRecord) =>
    cell.implementation === "naive_loop" && round > 1 ? 0 : 4;
  const audited = (count: (trial: TrialRecord) => number) =>
    makeTrials(run, (trial) => ({ ...trial, rechecks: { seed: 1, steps: count(trial) } }));
  assert.match(
    told(run, audited(steps)).join(),
    /^No step of 4 trials of naive_loop was compared with the oracle/,
  );
  assert.deepEqual(told(run, audited(() => 4)), []);
});

test("an engine that loses the order of samples is named", () => {
  assert.match(warnings({ plan: { ...small, engine: "mitata" } }).join(), /mitata sorts/);
});

test("a device in software is named; waiting for a device is no disturbance", () => {
  const waiting = { interference: { cpuNs: 1e8, wallNs: 1e9 } };
  assert.deepEqual(warnings({ plan: small }, { ...waiting, device: { name: "NVIDIA H200" } }), []);
  assert.deepEqual(
    warnings({ plan: small }, { ...waiting, device: { name: "llvmpipe", software: true } }),
    [
      "fused_typed ran on llvmpipe (software): the processor computed, and the times say nothing " +
      "about a GPU.",
    ],
  );
});

test("threads that stayed unused are named, with the minibatches that were too small", () => {
  const run = makeRun({ plan: { ...small, threads: [2] } });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    cell: { ...trial.cell, threads: 2 },
    threadsUsed: 1,
  }));
  const sentences = told(run, trials).join();
  assert.match(sentences, /^fused_typed used 1 of its 2 threads at B = 10: /);
  const busy = trials.map((trial) => ({ ...trial, threadsUsed: 2 }));
  assert.deepEqual(told(run, busy), []);
});

test("an interrupted run says how much of it is there, and how to go on", () => {
  const [startedAt, finishedAt] = ["2026-03-01T10:00:00.000Z", "2026-03-01T10:01:00.000Z"];
  const run = { ...makeRun({ plan: small }), trials: 6 };
  const session = (last: Partial<RunFile["sessions"][0]>): RunFile => ({
    ...run,
    sessions: [{ startedAt, ...last }],
  });
  const trials = makeTrials(run);
  const said = (file: RunFile, count: number) =>
    told(file, trials.slice(0, count), "NAME").join("\n");
  const interrupted = session({ finishedAt, ended: "interrupted" });
  const hint = "`deno task bench --resume NAME` continues it";
  assert.match(
    said(interrupted, 4),
    new RegExp(`^4 of 6 trials: the run was interrupted; ${hint}\\.`),
  );
  assert.match(said(session({}), 4), new RegExp(`^4 of 6 trials: .* or was killed; ${hint}`));
  assert.equal(said(session({ finishedAt, ended: "complete" }), 6), "");
  // Nothing is below that could say why.
  assert.equal(said(interrupted, 0), `No trial: the run was interrupted; ${hint}.`);
});

test("waiting that the system does not tell is a warning with the reason", () => {
  const samplesNs = [100, 100, 100, 100, 100, 100];
  const sampleInterference = {
    setAsideAbove: 0.05,
    cpuNs: samplesNs,
    involuntarySwitches: samplesNs.map(() => 0),
    unreadable: [{ path: "/proc/pressure/cpu", message: "not found" }],
  };
  assert.match(
    warnings({ plan: small }, { samplesNs, sampleInterference }).join(),
    /does not tell the two apart \(\/proc\/pressure\/cpu: not found\)/,
  );
});
