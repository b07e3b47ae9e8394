import assert from "node:assert/strict";
import test from "node:test";
import { because, makeRun, makeTrial } from "../../tests/support/trials.ts";
import { sessionSpans, timeOfRun } from "./run_time.ts";

const SECOND = 1e9;
const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

test("sessions add up, and a killed one ends with the last trial that started in it", () => {
  const trials = [
    makeTrial({ startedAt: at(1), durations: { wallNs: 2 * SECOND } }),
    makeTrial({ startedAt: at(3), durations: { wallNs: 4 * SECOND }, round: 2 }),
    makeTrial({ startedAt: at(101), durations: { wallNs: 50 * SECOND }, round: 3 }),
  ];
  const sessions = [{ startedAt: at(0) }, { startedAt: at(100), finishedAt: at(110) }];
  assert.equal(timeOfRun(sessions, trials).wallNs, 17 * SECOND);
});

test("a session that was killed before its first trial took no time that is known", () => {
  const time = timeOfRun([{ startedAt: at(0) }], []);
  assert.deepEqual(time, { wallNs: 0, measuredNs: 0, measuredShare: 0 });
});

test("training and sampling are what is measured, of failed trials too", () => {
  const epoch = { epoch: 1, testAccuracy: 0.5, trainNs: SECOND };
  const trials = [
    makeTrial({ training: { epochs: [epoch] }, samplesNs: [SECOND, 2 * SECOND] }),
    makeTrial({
      status: "failed",
      reasons: because("it died"),
      training: { epochs: [epoch] },
      samplesNs: [],
      round: 2,
    }),
    makeTrial({ status: "skipped", reasons: because("too slow"), samplesNs: [], round: 3 }),
  ].map((trial) => trial.status === "skipped" ? withoutTraining(trial) : trial);
  const time = timeOfRun([{ startedAt: at(0), finishedAt: at(10) }], trials);
  assert.equal(time.measuredNs, 5 * SECOND);
  assert.equal(time.measuredShare, 0.5);
});

function withoutTraining(trial: ReturnType<typeof makeTrial>) {
  const { training: _, ...rest } = trial;
  return rest;
}

test("a shard that was killed and went on elsewhere is timed by the clock of each node", () => {
  const { environment } = makeRun();
  const trials = [
    makeTrial({ node: "n1", startedAt: at(100), durations: { wallNs: 5 * SECOND } }),
    makeTrial({ node: "n2", startedAt: at(12), durations: { wallNs: 4 * SECOND }, round: 2 }),
  ];
  // The clock of n2 is a minute and a half behind.
  const sessions = [
    { startedAt: at(99) },
    { startedAt: at(11), environment: { ...environment, host: "n2" } },
  ];
  assert.deepEqual(
    sessionSpans(sessions, trials, "n1").map(([start, end]) => (end - start) / 1000),
    [6, 5],
  );
  const shard = { index: 1, count: 1, host: "n1", environment, sessions, trials: 2 };
  assert.equal(timeOfRun([], trials, [shard]).wallNs, 11 * SECOND);
});
