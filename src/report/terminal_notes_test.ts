import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, PLAIN, summaryOf } from "../../tests/support/terminal_lines.ts";
import { makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { Summary } from "../format/summary.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "../summary/summarise.ts";
import { terminalReport, verboseReport } from "./terminal_report.ts";

test("times in proportion to m are said to be so; who grows otherwise is named", () => {
  const summary = summaryOf();
  const growth = (all: Summary) => linesOf(all).find((line) => line.startsWith("Growth:"));
  assert.match(growth(summary)!, /^Growth: in proportion to m \(time ∝ mᵏ, k (= |from )[\d.]+/);
  const scalingLaws = summary.scalingLaws.map((law, i) =>
    i > 0 ? law : { ...law, exponent: { ...law.exponent, value: 2, low: 1.9, high: 2.1 } }
  );
  const { label } = summary.series[scalingLaws[0].series];
  assert.ok(growth({ ...summary, scalingLaws })!.endsWith(`to 2.00 (${label}).`));
});

test("programs in a warning are listed as in speech, and counted where they are many", () => {
  const unsteady = (implementations: string[]): string => {
    const warning = { kind: "unsteady", went: "slowdown", trials: 5, implementations } as const;
    return linesOf({ ...summaryOf(), warnings: [warning] }).find((line) => line.startsWith("⚠"))!;
  };
  assert.equal(unsteady(["a"]), "⚠ 5 trials of a became slower");
  assert.equal(unsteady(["a", "b", "c"]), "⚠ 5 trials of a, b and c became slower");
  const long = ["naive_loop", "outer_product", "fused_typed", "wasm_threads"];
  assert.equal(unsteady(long), "⚠ 5 trials of 4 programs became slower");
});

test("a command to go on is never cut, however long the name of the run", () => {
  const name = "20261128T124402Z-a-host-with-a-name-of-its-own-in-a-long-domain";
  const run = makeRun({
    sessions: [{
      startedAt: "2026-03-01T10:00:00.000Z",
      finishedAt: "2026-03-01T10:02:15.000Z",
      ended: "interrupted",
    }],
  });
  const trials = makeTrials(run).slice(0, 30);
  const text = terminalReport(summarise({ ...run, trials: 63 }, trials, name), PLAIN);
  assert.match(text, /⚠ interrupted after 30 of 63 trials; to go on: deno task bench --resume\n/);
  assert.ok(text.includes(`\n  ${name}\n`), text);
});

test("a cell that got fewer rounds than planned is not called unmeasured", () => {
  const told = (skips: (trial: TrialRecord) => boolean) =>
    linesOf(
      summaryOf({}, (trial) =>
        !skips(trial) || trial.cell.implementation !== "naive_loop" ? trial : {
          ...trial,
          status: "skipped",
          reasons: tooLong(9),
          samplesNs: [],
        }),
    ).join("\n");
  assert.match(
    told(({ round }) => round > 1),
    /⚠ fewer rounds, beyond the budget: 7 cells of naive_loop/,
  );
  assert.match(told(() => true), /⚠ not measured, beyond the budget: 7 cells of naive_loop/);
});

test("warnings are one line each", () => {
  const run = makeRun({ data: { synthetic: true, name: "synthetic" }, plan: { rounds: 1 } });
  const summary = summarise(run, makeTrials(run), "run");
  const marked = terminalReport(summary, PLAIN).split("\n").filter((line) => line.startsWith("⚠"));
  assert.ok(marked.length >= 1);
  assert.match(marked[0], /^⚠ synthetic digits, not MNIST/);
});

test("that a run stopped short stands above its answer, which rests on fewer trials", () => {
  const run = makeRun({
    sessions: [{
      startedAt: "2026-03-01T10:00:00.000Z",
      finishedAt: "2026-03-01T10:02:15.000Z",
      ended: "interrupted",
    }],
  });
  const summary = summarise({ ...run, trials: 63 }, makeTrials(run).slice(0, 30), "run");
  for (const report of [terminalReport(summary, PLAIN), verboseReport(summary, PLAIN)]) {
    assert.match(report, /^⚠ interrupted after 30 of 63 trials; .* --resume run\n\n[✓≈] /);
    assert.equal(report.match(/interrupted/g)?.length, 1);
  }
});
