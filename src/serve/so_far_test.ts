import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { brief, soFar } from "./so_far.ts";
import { summarise } from "../summary/summarise.ts";
import type { Reason } from "../format/reason.ts";

const PLAN = { sizes: [1000, 2000], rounds: 2 };
const BEGAN = "2026-04-01T10:00:00.000Z";
const AFTER_A_MINUTE = Date.parse(BEGAN) + 60_000;
const going = (plan: Partial<RunFile["plan"]> = {}): RunFile =>
  makeRun({ plan: { ...PLAN, ...plan }, sessions: [{ startedAt: BEGAN }] });

const without = (trial: TrialRecord, status: "failed" | "skipped", reasons: Reason[]) => ({
  ...trial,
  status,
  reasons,
  samplesNs: [],
});

test("series keep the order and the place of the plan from the first trial on, whichever comes first", () => {
  const run = going();
  const trials = makeTrials(run).map(brief);
  const last = trials.find(({ cell }) => cell.implementation === "fused_typed")!;
  const { lines } = soFar(run, [last], "running", AFTER_A_MINUTE);
  assert.deepEqual(lines.map(({ label, series }) => [label, series]), [
    ["naive_loop", 0],
    ["outer_product", 1],
    ["fused_typed", 2],
  ]);
  assert.deepEqual(lines.map(({ cells }) => cells.length), [0, 0, 1]);
});

test("labels and places are those of the report at the end: runtimes, threads, batches, without what failed", () => {
  const run = going({ runtimes: ["deno", "bun"], batchSizes: [10, "full"] });
  const trials = makeTrials(run).map((trial) =>
    trial.cell.implementation === "outer_product"
      ? without(trial, "failed", because("it gave up"))
      : trial
  );
  const { series } = summarise(run, trials, "run");
  for (const state of ["running", "finished"] as const) {
    const { lines } = soFar(run, trials.toReversed().map(brief), state, AFTER_A_MINUTE);
    assert.deepEqual(lines.map(({ label }) => label), series.map(({ label }) => label));
    assert.deepEqual(lines.map(({ series }) => series), [...series.keys()]);
  }
});

test("each seed has a line of its own, of one look; a copy has a line without any", () => {
  const run = going({ seeds: [1, 2], nullTwin: "fused_typed" });
  const trials = makeTrials(run);
  const twin = trials.find(({ cell }) => cell.implementation === "fused_typed")!;
  const copy = { ...twin, cell: { ...twin.cell, copy: "twin" as const } };
  const { lines } = soFar(run, [...trials, copy].map(brief), "running", AFTER_A_MINUTE);
  assert.deepEqual(lines.map(({ label, series }) => [label, series]), [
    ["naive_loop · seed 1", 0],
    ["naive_loop · seed 2", 0],
    ["outer_product · seed 1", 1],
    ["outer_product · seed 2", 1],
    ["fused_typed · seed 1", 2],
    ["fused_typed · seed 2", 2],
    ["fused_typed (twin) · seed 1", undefined],
  ]);
});

test("a cell has the median of its trials, and how many there were", () => {
  const run = going({ implementations: ["naive_loop"], sizes: [1000], rounds: 3 });
  const trials = makeTrials(run).map((trial, i) => ({
    ...trial,
    samplesNs: [2e6 * (i + 1), 9e9, 1],
    epochsPerSample: 2,
  }));
  const [line] = soFar(run, trials.map(brief), "running", AFTER_A_MINUTE).lines;
  assert.deepEqual(line.cells, [{ examples: 1000, nsPerExample: 2000, trials: 3 }]);
});

test("problems that are alike are reported once, later rounds of a failure with it", () => {
  const run = going({ implementations: ["naive_loop", "mine"] });
  const trials = makeTrials(run).map((trial) => {
    const { implementation, examples } = trial.cell;
    if (implementation === "mine") {
      return trial.round === 1
        ? without(trial, "failed", because("it gave up"))
        : without(trial, "skipped", [{ kind: "not-repeated", round: 1 }]);
    }
    return without(trial, "skipped", tooLong(examples / 8));
  });
  const { problems, counts } = soFar(run, trials.map(brief), "running", AFTER_A_MINUTE);
  const told = problems.map(({ problems, ...group }) => ({
    ...group,
    trials: problems.map(({ rounds, notRepeated = [] }) => [rounds, notRepeated]),
  }));
  assert.deepEqual(told, [
    {
      status: "skipped",
      what: "naive_loop · deno",
      examples: [1000, 2000],
      trials: [[[1, 2], []], [[1, 2], []]],
      reasons: tooLong(125),
    },
    {
      status: "failed",
      what: "mine · deno",
      examples: [1000, 2000],
      trials: [[[1], [2]], [[1], [2]]],
      reasons: because("it gave up"),
    },
  ]);
  assert.deepEqual(counts, { ok: 0, skipped: 6, failed: 2 });
});

test("a record that says ok and lacks what it should hold counts as failed", () => {
  const run = going();
  const [{ training: _, ...trial }] = makeTrials(run);
  const { counts, problems } = soFar(run, [brief(trial)], "running", AFTER_A_MINUTE);
  assert.deepEqual(counts, { ok: 0, skipped: 0, failed: 1 });
  assert.deepEqual(problems[0].reasons, [{ kind: "incomplete", missing: "figures" }]);
});

test("the time that is left follows from the trials of this session alone", () => {
  const run = { ...going(), trials: 12 };
  const trials = makeTrials(run).slice(0, 6).map((trial, i) => ({
    ...trial,
    startedAt: i < 2 ? "2026-03-31T10:00:00.000Z" : "2026-04-01T10:00:10.000Z",
  })).map(brief);
  assert.equal(soFar(run, trials, "running", AFTER_A_MINUTE).leftMs, 6 * 15_000);
  assert.equal(soFar(run, trials.slice(0, 2), "running", AFTER_A_MINUTE).leftMs, undefined);
  assert.equal(soFar(run, trials, "interrupted", AFTER_A_MINUTE).leftMs, undefined);
  assert.equal(soFar(going(), trials, "running", AFTER_A_MINUTE).leftMs, undefined);
});
