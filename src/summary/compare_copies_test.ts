import assert from "node:assert/strict";
import test from "node:test";
import { because, makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { Comparison } from "../format/comparison.ts";
import { compareCopies } from "./compare_copies.ts";

const run = makeRun({
  plan: {
    rounds: 4,
    sizes: [1000, 2000, 4000],
    against: { folder: "/runs/before", gitCommit: "aaaaaaaaaaaa", threshold: 0.03 },
  },
});
const present = makeTrials(run);

/** The earlier code of fused_typed and outer_product, in the same rounds; rounds differ by far. */
function withEarlier(factor: number): TrialRecord[] {
  const drift = [1, 1.9, 0.7, 1.3];
  const drifted = present.map((trial) => ({
    ...trial,
    samplesNs: trial.samplesNs.map((ns) => ns * drift[trial.round - 1]),
  }));
  const earlier = drifted.filter(({ cell }) => cell.implementation !== "naive_loop")
    .map((trial) => ({
      ...trial,
      cell: { ...trial.cell, copy: "reference" as const },
      samplesNs: trial.samplesNs.map((ns) => ns / factor),
    }));
  return [...drifted, ...earlier];
}

test("the earlier code of the same rounds is A: pairs resolve what drift would hide", () => {
  const comparison = Comparison.parse(
    compareCopies({ name: "now", run, trials: withEarlier(1.07) }, 0.03),
  );
  assert.equal(comparison.verdict, "slower");
  assert.equal(comparison.paired, true);
  assert.equal(comparison.cells.length, 6, "naive_loop has no earlier code");
  for (const { ratio, verdict, interval: [low, high] } of comparison.cells) {
    assert.ok(Math.abs(ratio - 1.07) < 1e-9 && low > 1.03 && high < 1.11);
    assert.equal(verdict, "slower");
  }
  assert.deepEqual(comparison.a, { run: "before", gitCommit: "aaaaaaaaaaaa" });
  assert.equal(comparison.b.run, "now");
  assert.deepEqual(comparison.refused, []);
});

test("where plug-ins were measured, A has the commit of their repository", () => {
  const against = { ...run.plan.against!, pluginCommit: "bbbbbbbbbbbb" };
  const named = { name: "now", run: { ...run, plan: { ...run.plan, against } } };
  const { a } = compareCopies({ ...named, trials: withEarlier(1) }, 0.03)!;
  assert.deepEqual(a, { run: "before", gitCommit: "bbbbbbbbbbbb" });
});

test("the same code twice is neither slower nor faster", () => {
  const comparison = compareCopies({ name: "now", run, trials: withEarlier(1) }, 0.03)!;
  assert.ok(
    comparison.cells.every(({ verdict }) => verdict === "same" || verdict === "unresolved"),
  );
});

test("a run without the earlier code has no such comparison", () => {
  assert.equal(compareCopies({ name: "now", run, trials: present }, 0.03), undefined);
});

test("a cell with a single round in common is refused, and not left out in silence", () => {
  const trials = withEarlier(1).filter(({ cell, round }) =>
    round === 1 || cell.copy === undefined || cell.implementation !== "fused_typed"
  );
  const comparison = compareCopies({ name: "now", run, trials: lateRounds(trials) }, 0.03)!;
  assert.equal(comparison.cells.length, 3);
  assert.deepEqual(
    comparison.refused.map(({ reason }) => reason),
    Array(3).fill({ kind: "few-rounds", rounds: 1, needed: 2 }),
  );
});

/** The earlier fused_typed in a further round, which the present one lacks. */
const lateRounds = (trials: readonly TrialRecord[]): TrialRecord[] =>
  trials.flatMap((trial) =>
    trial.cell.copy === "reference" && trial.cell.implementation === "fused_typed"
      ? [trial, { ...trial, round: 9 }]
      : [trial]
  );

test("present code that fails where the earlier was right is reported as wrong", () => {
  const trials = withEarlier(1).map((trial) =>
    trial.cell.implementation === "fused_typed" && trial.cell.copy === undefined
      ? { ...trial, status: "failed" as const, reasons: because("it threw"), samplesNs: [] }
      : trial
  );
  const comparison = compareCopies({ name: "now", run, trials }, 0.03)!;
  assert.equal(comparison.wrongCells, 3);
  assert.ok(comparison.refused.every(({ reason }) => reason.kind === "wrong"));
});
