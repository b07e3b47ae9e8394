import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { terminalReport } from "../report/terminal_report.ts";
import { keyResults } from "../report/key_results.ts";
import { summarise } from "../summary/summarise.ts";
import { liveView } from "./live_view.ts";
import { brief, soFar } from "./so_far.ts";

test("the live page and the report agree about what failed and what was skipped", () => {
  const run = makeRun({ plan: { sizes: [1000, 2000] } });
  const without = (
    trial: TrialRecord,
    status: "failed" | "skipped",
    reason: NonNullable<TrialRecord["reasons"]>[number],
  ): TrialRecord => ({ ...trial, status, reasons: [reason], samplesNs: [] });
  const trials = makeTrials(run, (trial) => {
    if (trial.cell.implementation === "naive_loop") {
      return trial.round === 1
        ? without(trial, "failed", { kind: "timed-out", afterNs: 1e9 })
        : without(trial, "skipped", { kind: "not-repeated", round: 1 });
    }
    return trial.cell.examples === 2000
      ? without(trial, "skipped", { kind: "not-offered", runtime: "deno" })
      : trial;
  });
  const { state, problems } = liveView(
    { ...run, trials: trials.length },
    soFar(run, trials.map(brief), "finished", 0),
    "finished",
  );
  const summary = summarise(run, trials, "run");
  assert.equal(state, "18 of 18 trials · 10 skipped · 2 failed · finished");
  assert.match(terminalReport(summary, { width: 200, color: false }), /10 skipped · 2 failed · /);
  const report = keyResults(summary).at(-1)!.text;
  assert.match(report, /Failed: naive_loop \(2 trials, 4 not repeated: timed out after 1\.00 s, /);
  assert.match(
    problems,
    /failed<\/span> naive_loop .* \(2 trials, 4 not repeated\): timed out after 1\.00 s, /,
  );
  const skipped = "unavailable: not in deno";
  assert.ok(report.includes(`outer_product (3 trials: ${skipped})`), report);
  assert.match(problems, new RegExp(`outer_product .* \\(3 trials\\): ${skipped}`));
});
