import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { SLOW } from "../../tests/support/slow.ts";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import { isEvaluated, type TrialRecord } from "../format/trial_record.ts";
import { findRuntime } from "../trial/runtimes.ts";
import { roundsOf } from "./order_and_keys.ts";
import type { PreparedSweep } from "./prepared_sweep.ts";
import { runSweep } from "./sweep.ts";
import type { SweepOptions } from "./sweep_options.ts";

const { name, version } = CURRENT_RUNTIME;

/** Answers a run with invented figures. An implementation hangs where its name says so. */
const PROGRAM = `
import process from "node:process";
const send = (message) => console.log(JSON.stringify(message));
process.stdin.once("data", (line) => {
  const { cell, pace, training, sampling } = JSON.parse(line);
  send({ type: "hello", protocol: ${PROTOCOL_VERSION}, runtime: "${name}", version: "${version}" });
  if (cell.implementation === "hangs_in_open") return;
  send({ type: "opened", loadNs: 1, openNs: 1 });
  send({ type: "verified", verifyNs: 1, verification: { verdict: "exact", tolerance: 1 } });
  if (pace) send({ type: "pace", nsPerExample: 1 });
  else if (cell.implementation === "hangs_in_steps" && cell.examples > 100) return;
  const accuracy = training?.unevaluated ? {} : { testAccuracy: 0.5, evaluateNs: 1 };
  if (training) send({ type: "epoch", epoch: 1, loss: 1, trainNs: 100, ...accuracy });
  if (sampling) {
    send({ type: "samples", engine: "ordered", epochsPerSample: 1, samplesNs: [100], interference: {} });
  }
  send({ type: "done", memory: {} });
});
process.stdin.on("end", () => process.exit(0));
`;

/** All trials of a sweep of "honest" and another program, with the time-out and the budget in seconds. */
async function sweep(
  other: string,
  seconds: number,
  rounds: number,
  nextCells?: SweepOptions["nextCells"],
  done: readonly TrialRecord[] = [],
): Promise<TrialRecord[]> {
  const found = await findRuntime(name);
  assert.ok(found.available);
  const { runtime } = found;
  const { plan } = makeRun({
    plan: {
      budgetSeconds: seconds,
      trialTimeoutSeconds: seconds,
      rounds,
      epochs: 1,
      maxSampleSeconds: 0.01,
    },
  });
  const records: TrialRecord[] = [];
  await withFolder(async (folder) => {
    const script = join(folder, "program.mjs");
    writeFileSync(script, PROGRAM);
    const path = join(folder, "data");
    const prepared: PreparedSweep = {
      plan,
      cells: ["honest", other].flatMap((implementation) =>
        [100, 200, 400].map((examples) =>
          makeTrial({ cell: { implementation, runtime: name, examples } }).cell
        )
      ),
      rounds: roundsOf(plan.rounds),
      described: [],
      unavailable: () => undefined,
      untimed: () => undefined,
      trial: (cell, round, _, stages) => ({
        runtime,
        round,
        needs: [],
        script,
        timeoutMs: seconds * 1000,
        request: {
          type: "run",
          protocol: PROTOCOL_VERSION,
          cell,
          data: {
            trainPixels: path,
            trainLabels: path,
            testPixels: path,
            testLabels: path,
            features: 784,
            classes: 10,
            testExamples: 1,
          },
          initialisation: plan.initialisation,
          keepWrong: false,
          ...stages,
        },
      }),
      close: () => Promise.resolve(),
    };
    const journal = { append: (record: TrialRecord) => void records.push(record), close() {} };
    assert.equal(
      await runSweep({ prepared, done, journal, ...(nextCells && { nextCells }) }),
      "complete",
    );
  });
  return records;
}

const isTimedOut = ({ reasons = [] }: TrialRecord) =>
  reasons.some(({ kind }) => kind === "timed-out");
const isHonest = ({ cell }: TrialRecord) => cell.implementation === "honest";

test(
  "a program that hangs in open for as long as the budget costs the others nothing",
  SLOW,
  async () => {
    const records = await sweep("hangs_in_open", 6, 1);
    assert.deepEqual(records.filter(isHonest).map(({ status }) => status), Array(3).fill("ok"));
    const others = records.filter((record) => !isHonest(record));
    assert.ok(others.length === 3 && others.every(isTimedOut));
  },
);

test(
  "a program that hangs in a step fails at that size and above, and the sweep goes on",
  SLOW,
  async () => {
    const records = await sweep("hangs_in_steps", 5, 2);
    const hung = records.filter(isTimedOut);
    assert.deepEqual(new Set(hung.map(({ cell }) => cell.examples)), new Set([200, 400]));
    assert.ok(
      records.some((one) => one.cell.implementation === "hangs_in_steps" && one.status === "ok"),
    );
    const later = records.slice(records.indexOf(hung[0]));
    assert.ok(later.some((one) => isHonest(one) && one.status === "ok"), JSON.stringify(records));
  },
);

test(
  "cells beyond the plan are measured in all rounds, each once, until there are no more",
  SLOW,
  async () => {
    const asked: number[] = [];
    const records = await sweep("honest_too", 20, 2, (trials) => {
      asked.push(trials.length);
      const { cell } = trials.find(isHonest)!;
      return asked.length > 2 ? [] : [{ ...cell, batchSize: 10 + asked.length, examples: 100 }];
    });
    const beyond = records.filter(({ cell }) => cell.batchSize > 10);
    assert.deepEqual(beyond.map(({ cell, round, status }) => [cell.batchSize, round, status]), [
      ...[[11, 1, "ok"], [11, 2, "ok"], [12, 1, "ok"], [12, 2, "ok"]],
    ]);
    assert.deepEqual(asked, [12, 14, 16]);
  },
);

test("a cell whose accuracy was lost is evaluated again, and no other", SLOW, async () => {
  const first = (examples: number) =>
    makeTrial({ cell: { implementation: "honest", runtime: name, examples }, epochNs: 1000 });
  const { training, ...lost } = first(100);
  const epochs = training!.epochs.map(({ testAccuracy: _, ...epoch }) => epoch);
  const done = [{ ...lost, training: { epochs } }, first(200), first(400)];
  const records = await sweep("another", 30, 2, undefined, done);
  const later = records.filter((one) => isHonest(one) && one.round === 2);
  assert.deepEqual(
    new Map(later.map((one) => [one.cell.examples, isEvaluated(one)])),
    new Map([[100, true], [200, false], [400, false]]),
  );
});
