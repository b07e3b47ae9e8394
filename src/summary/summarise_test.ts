import assert from "node:assert/strict";
import test from "node:test";
import { because, makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { summarise } from "./summarise.ts";
import { Summary } from "../format/summary.ts";

test("a default run gives a summary that its schema accepts", () => {
  const run = makeRun();
  const summary = Summary.parse(summarise(run, makeTrials(run), "a-run"));
  assert.equal(summary.run, "a-run");
  assert.deepEqual(summary.counts, { ok: 63, skipped: 0, failed: 0 });
  assert.equal(summary.cells.length, 21);
  assert.deepEqual(summary.series.map(({ label }) => label), [
    "naive_loop",
    "outer_product",
    "fused_typed",
  ]);
  for (const { exponent, sizes } of summary.scalingLaws) {
    assert.ok(exponent.value > 0.97 && exponent.value < 1.03);
    assert.equal(sizes.length, 7);
  }
  assert.equal(summary.scalingLaws.length, 3);
  for (const { points, fit } of summary.learningCurves) {
    assert.equal(points.length, 7);
    assert.ok(Math.abs(fit!.decay - 0.3) < 0.01, "the made-up trials decay with 0.3");
  }
});

test("the same trials in any order give the same bytes", () => {
  const run = makeRun({
    plan: { seeds: [1, 2], runtimes: ["deno", "bun"], sizes: [1000, 2000, 4000] },
  });
  const trials = makeTrials(run);
  const bytes = JSON.stringify(summarise(run, trials, "run"));
  assert.equal(JSON.stringify(summarise(run, trials.toReversed(), "run")), bytes);
});

test("speedup compares within a runtime, slowdown over all runtimes", () => {
  const run = makeRun({
    plan: {
      implementations: ["naive_loop", "fused_typed"],
      runtimes: ["deno", "bun"],
      sizes: [1000],
    },
  });
  const pace: Record<string, number> = {
    "naive_loop deno": 8e6,
    "fused_typed deno": 2e6,
    "naive_loop bun": 6e6,
    "fused_typed bun": 1e6,
  };
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    samplesNs: Array(9).fill(pace[`${trial.cell.implementation} ${trial.cell.runtime}`]),
    epochsPerSample: 1,
  }));
  const cells = summarise(run, trials, "run").cells;
  assert.deepEqual(
    cells.map(({ cell, speedup, slowdown }) => [
      `${cell.implementation} ${cell.runtime}`,
      speedup && Math.round(speedup.value * 1e9) / 1e9, // logarithms and back
      slowdown,
    ]),
    [
      ["naive_loop deno", 1, 8],
      ["naive_loop bun", 1, 6],
      ["fused_typed deno", 4, 2],
      ["fused_typed bun", 6, 1],
    ],
  );
});

test("without the baseline's cell there is no speedup, and another seed is another cell", () => {
  const run = makeRun({ plan: { seeds: [1, 2], sizes: [1000] } });
  const trials = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "naive_loop" && trial.cell.seed === 2 ? undefined : trial,
  );
  const { cells } = summarise(run, trials, "run");
  assert.equal(cells.length, 5);
  for (const { cell, speedup, slowdown } of cells) {
    assert.equal(speedup !== undefined, cell.seed === 1);
    assert.ok(slowdown >= 1);
  }
});

test("seeds are cells of their own, pooled in laws and learning curves", () => {
  const run = makeRun({ plan: { implementations: ["fused_typed"], seeds: [1, 2, 3] } });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    training: {
      epochs: [{ epoch: 1, testAccuracy: trial.cell.seed / 10, trainNs: 1e6 }],
    },
  }));
  const summary = summarise(run, trials, "run");
  assert.equal(summary.cells.length, 21);
  assert.equal(summary.series.length, 1);
  assert.equal(summary.scalingLaws[0].sizes.length, 7);
  for (const { testAccuracy } of summary.learningCurves[0].points) {
    assert.ok(Math.abs(testAccuracy - 0.2) < 1e-12);
  }
});

test("a sweep that was killed in its first round is summarised as far as it came", () => {
  const run = makeRun({ sessions: [{ startedAt: "2026-03-01T10:00:00.000Z" }] });
  const summary = Summary.parse(summarise(run, makeTrials(run).slice(0, 11), "run"));
  assert.equal(summary.cells.length, 11);
  assert.equal(summary.series.length, 2);
  assert.ok(summary.time.wallNs > 0);
  assert.ok(summary.time.measuredShare > 0 && summary.time.measuredShare < 1);
});

test("a run in which everything failed has no cells, its problems and a warning", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000] } });
  const trials = makeTrials(run).map(({ training: _, ...trial }) => ({
    ...trial,
    status: "failed" as const,
    reasons: because("it threw in open: no such thing"),
    samplesNs: [],
  }));
  const summary = Summary.parse(summarise(run, trials, "run"));
  assert.deepEqual(summary.cells, []);
  assert.deepEqual(summary.series, []);
  assert.deepEqual(summary.scalingLaws, []);
  assert.deepEqual(summary.learningCurves, []);
  assert.equal(summary.problems.length, 6);
  assert.deepEqual(summary.problems[0].rounds, [1, 2, 3]);
  assert.ok(summary.warnings.some(({ kind }) => kind === "no-figures"));
});

test("a run without any trial is summarised", () => {
  const summary = Summary.parse(summarise(makeRun(), [], "run"));
  assert.deepEqual(summary.counts, { ok: 0, skipped: 0, failed: 0 });
});

test("a trial of a plug-in that the plan does not name is summarised after the others", () => {
  const run = makeRun();
  const trials = [makeTrial({ cell: { implementation: "mine" } }), makeTrial()];
  const { series } = summarise(run, trials, "run");
  assert.deepEqual(series.map(({ label }) => label), ["fused_typed", "mine"]);
});

test("a peer in Python is compared with the baseline of the first runtime, and of its threads", () => {
  const run = makeRun({
    plan: {
      implementations: ["fused_typed"],
      peers: ["numpy_batch"],
      runtimes: ["bun", "deno"],
      baseline: "fused_typed",
    },
  });
  const baseline = { implementation: "fused_typed" };
  const peer = { implementation: "numpy_batch", runtime: "python" as const };
  const one = (cell: Partial<Cell>, ns: number) =>
    makeTrial({ cell, samplesNs: [ns, ns, ns], epochsPerSample: 1 });
  const speedupOfPeer = (threads: number, trials: TrialRecord[]) => {
    const found = summarise(run, [...trials, one({ ...peer, threads }, 1e6)], "run").cells
      .find(({ cell }) => cell.implementation === "numpy_batch")?.speedup?.value;
    return found && Math.round(found * 1e9) / 1e9;
  };
  const deno = one({ ...baseline, runtime: "deno" }, 3e6);
  const bun = one({ ...baseline, runtime: "bun" }, 5e6);
  const bunTwo = one({ ...baseline, runtime: "bun", threads: 2 }, 4e6);
  assert.equal(speedupOfPeer(1, [deno, bun, bunTwo]), 5);
  assert.equal(speedupOfPeer(2, [deno, bun, bunTwo]), 4);
  assert.equal(speedupOfPeer(3, [deno, bunTwo, bun]), 5);
  assert.equal(speedupOfPeer(1, [deno]), 3);
  assert.equal(speedupOfPeer(1, []), undefined);
});

test("copies stay out of cells, series and laws; the null twin gives the noise floor", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000, 4000] } });
  const trials = makeTrials(run);
  const twins = trials.filter(({ cell }) => cell.implementation === "fused_typed").map((trial) => ({
    ...trial,
    cell: { ...trial.cell, copy: "twin" as const },
    samplesNs: trial.samplesNs.map((ns) => ns * 1.018),
  }));
  const lone = makeTrial({ cell: { examples: 64_000, copy: "reference" } });
  const without = summarise(run, trials, "run");
  const summary = Summary.parse(summarise(run, [...twins, ...trials, lone], "run"));
  for (const part of ["cells", "series", "scalingLaws", "learningCurves", "warnings"] as const) {
    assert.deepEqual(summary[part], without[part], part);
  }
  assert.deepEqual(summary.copies.map(({ cell }) => [cell.copy, cell.examples]), [
    ...[["twin", 1000], ["twin", 2000], ["twin", 4000]],
  ]);
  assert.ok(Math.abs(summary.noiseFloor!.floor - 0.018) < 1e-9, `${summary.noiseFloor!.floor}`);
  assert.equal(without.noiseFloor, undefined);
  assert.deepEqual(without.copies, []);
});

test("the accuracies of the first round are those of the cell; without any, a cell has no figures", () => {
  const run = makeRun();
  const without = (trial: TrialRecord, isMeant: boolean): TrialRecord => ({
    ...trial,
    training: {
      epochs: trial.training!.epochs.map(({ testAccuracy, ...epoch }) =>
        isMeant ? epoch : { ...epoch, testAccuracy: testAccuracy! }
      ),
    },
  });
  const all = summarise(run, makeTrials(run), "run");
  const first = summarise(run, makeTrials(run, (trial) => without(trial, trial.round > 1)), "run");
  const accuracies = ({ cells }: Summary) => cells.map(({ testAccuracy }) => testAccuracy);
  assert.deepEqual(accuracies(first), accuracies(all));
  assert.deepEqual(
    first.cells.map(({ timeTo90Ns }) => timeTo90Ns),
    all.cells.map(({ timeTo90Ns }) => timeTo90Ns),
  );
  assert.deepEqual(
    summarise(run, makeTrials(run, (trial) => without(trial, true)), "run").cells,
    [],
  );
});
