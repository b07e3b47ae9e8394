import assert from "node:assert/strict";
import { test } from "node:test";
import { dailyRuns } from "../../tests/support/runs.ts";
import { makeRun, makeTrials, type RunOverrides } from "../../tests/support/trials.ts";
import { History } from "../format/history.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { traceHistory } from "./trace_history.ts";

const at = (day: number, overrides: RunOverrides = {}) => {
  const run = makeRun({
    ...overrides,
    plan: { sizes: [1000, 2000], ...overrides.plan },
    sessions: [{ startedAt: `2026-03-${String(day).padStart(2, "0")}T10:00:00.000Z` }],
  });
  return { name: `run-${day}`, run, trials: makeTrials(run) };
};

test("runs stand in order of time, a trend has a point for each run that has its cell", () => {
  const history = traceHistory([at(3), at(1), at(2, { plan: { sizes: [2000] } })]);
  assert.deepEqual(History.parse(history), history);
  assert.deepEqual(history.runs.map(({ run }) => run), ["run-1", "run-2", "run-3"]);
  const [naive] = history.trends;
  assert.deepEqual([naive.label, naive.cell.examples], ["naive_loop", 1000]);
  assert.deepEqual(naive.points.map(({ run }) => run), [0, 2]);
  assert.equal(history.trends.length, 6);
  const both = history.trends.filter(({ points }) => points.length === 3);
  assert.deepEqual(both.map(({ cell }) => cell.examples), [2000, 2000, 2000]);
  const [{ nsPerEpoch, low, high, trials }] = naive.points;
  assert.equal(trials, 3);
  assert.ok(Math.abs(nsPerEpoch / 35e6 - 1) < 0.1 && low <= nsPerEpoch && nsPerEpoch <= high);
});

test("a trend is named by the threads that ran, not by those that were given", () => {
  const labels = (threadsUsed: number) => {
    const runs = [at(1), at(2)].map((one) => ({
      ...one,
      trials: one.trials.map((trial) =>
        trial.cell.implementation === "fused_typed"
          ? { ...trial, cell: { ...trial.cell, threads: 2 }, threadsUsed }
          : trial
      ),
    }));
    return traceHistory(runs).trends.map(({ label }) => label);
  };
  assert.ok(labels(1).includes("fused_typed"));
  assert.ok(labels(2).includes("fused_typed · 2 threads"));
});

test("other machines, data or training make another group", () => {
  const history = traceHistory([
    at(1),
    at(2, { environment: { host: "elsewhere" } }),
    at(3, { plan: { epochs: 5 } }),
    at(4),
  ]);
  assert.deepEqual(history.groups.map(({ host, runs }) => [host, runs]), [
    ["testbench", [0, 3]],
    ["elsewhere", [1]],
    ["testbench", [2]],
  ]);
  assert.deepEqual([...new Set(history.trends.map(({ group }) => group))], [0, 1, 2]);
  assert.ok(history.trends.every(({ points }) => points.length <= 2));
});

test("a change of level is found with the commits around it", () => {
  const { trends, runs: told } = traceHistory(dailyRuns(8));
  for (const { label, steps, points } of trends) {
    if (label !== "fused_typed") assert.deepEqual(steps, []);
    else {
      assert.equal(steps?.length, 1);
      const [{ before, after, ratio }] = steps!;
      assert.ok(Math.abs(ratio / 1.5 - 1) < 0.03, `${ratio}`);
      assert.deepEqual(
        [told[points[before].run].gitCommit, told[points[after].run].gitCommit],
        ["commit-5", "commit-6"],
      );
    }
  }
});

test("merged runs of the same nodes are one line, those of others have their own", () => {
  const [one, ...others] = dailyRuns(4);
  const merged = (run: NamedRun, hosts: readonly string[]): NamedRun => {
    const { environment, sessions } = run.run;
    const shards = hosts.map((host, i) => {
      return { index: i + 1, count: hosts.length, host, environment, sessions, trials: 1 };
    });
    return { ...run, run: { ...run.run, shards } };
  };
  const { groups } = traceHistory([
    merged(one, ["n1", "n2"]),
    merged(others[0], ["n2", "n1"]),
    merged(others[1], ["n1", "n3"]),
    merged(others[2], ["n1", "n2", "n3", "n4", "n5"]),
  ]);
  assert.deepEqual(groups.map(({ host, runs }) => [host, runs]), [
    ["n1, n2", [0, 1]],
    ["n1, n3", [2]],
    ["n1 … n5 (5)", [3]],
  ]);
});
