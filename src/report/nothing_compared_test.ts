import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import type { RunFile } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import { summarise } from "../summary/summarise.ts";
import { answerBlocks } from "./first_screen.ts";
import { nothingCompared } from "./nothing_compared.ts";
import { terminalReport } from "./terminal_report.ts";

const PLAN = {
  implementations: ["fused_typed"],
  sizes: [1000],
  rounds: 3,
  against: { folder: "/runs/before", gitCommit: "aaaaaaaaaaaa", threshold: 0.03 },
};
const run = makeRun({ plan: PLAN });

/** A run of both versions; `change` may alter or drop a trial. */
function summaryOf(
  change: (trial: TrialRecord) => TrialRecord | undefined,
  file: RunFile = run,
): Summary {
  const both = makeTrials(file).flatMap((trial) => [
    trial,
    { ...trial, cell: { ...trial.cell, copy: "reference" as const } },
  ]);
  return summarise(file, both.flatMap((trial) => change(trial) ?? []), "now");
}

const skipped = (trial: TrialRecord): TrialRecord => ({
  ...trial,
  status: "skipped",
  reasons: tooLong(9),
  samplesNs: [],
});

const failed = (trial: TrialRecord): TrialRecord => ({
  ...trial,
  status: "failed",
  reasons: because("broke"),
  samplesNs: [],
});

const firstText = (summary: Summary) => terminalReport(summary, { width: 300, color: false });

test("where the budget pays for no comparison, the first line says so, and what to do", () => {
  const summary = summaryOf((trial) => trial.round === 1 ? trial : skipped(trial));
  const expected =
    "✗ Nothing could be compared with before: the budget of 1 min 40 s does not pay " +
    "for two rounds of any cell in both versions. " +
    "Next: raise --budget, or measure fewer or smaller --sizes.";
  assert.equal(firstText(summary).split("\n")[0], expected);
  const [first] = answerBlocks(summary);
  assert.deepEqual(first, { kind: "failures", items: [{ text: expected }] });
});

test("a version that failed is told before the budget, and the earlier one as such", () => {
  const firstLines = (of: "reference" | undefined) => {
    const summary = summaryOf((trial) =>
      trial.cell.copy === of ? failed(trial) : trial.round === 1 ? trial : skipped(trial)
    );
    return firstText(summary).split("\n").slice(0, 2);
  };
  const uncompared =
    /^✗ Nothing could be compared with before: a version failed; the budget .*\. Next: fix what failed; raise /;
  const [own, then] = firstLines(undefined);
  assert.match(
    own,
    /^✗ fused_typed failed \(3 trials\): .*broke.* Next: `.*diagnose fused_typed`$/,
  );
  assert.match(then, uncompared);
  const [earlier, after] = firstLines("reference");
  assert.match(earlier, /^✗ fused_typed of before failed \(3 trials\): [^`]*broke\.$/);
  assert.match(after, uncompared);
});

test("what else leaves nothing to compare is named", () => {
  const once = makeRun({ plan: { ...PLAN, rounds: 1 } });
  const oneRound = nothingCompared(summaryOf((trial) => trial, once))!;
  assert.deepEqual(oneRound.causes, ["one-round"]);
  assert.match(oneRound.text, /takes two rounds\. Next: raise --rounds\.$/);

  const [startedAt, finishedAt] = ["2026-03-01T10:00:00.000Z", "2026-03-01T10:00:09.000Z"];
  const stopped: RunFile = { ...run, sessions: [{ startedAt, finishedAt, ended: "interrupted" }] };
  const interrupted = nothingCompared(
    summaryOf((trial) => trial.round === 1 ? trial : undefined, stopped),
  )!;
  assert.deepEqual(interrupted.causes, ["interrupted"]);
  assert.match(interrupted.hint, /bench --resume now` goes on$/);

  const broken = summaryOf((trial) => trial.cell.copy === undefined ? trial : failed(trial));
  assert.deepEqual(nothingCompared(broken)?.causes, ["failed"]);

  const unavailable = summaryOf((trial) =>
    trial.cell.copy === undefined ? trial : {
      ...skipped(trial),
      reasons: [{ kind: "unavailable", message: "no compiler" }],
    }
  );
  assert.match(nothingCompared(unavailable)!.text, /no cell has two rounds of both versions/);
});

test("a run that compares, that has nothing to compare with, or that still runs says nothing", () => {
  assert.equal(nothingCompared(summaryOf((trial) => trial)), undefined);
  const alone = makeRun({ plan: { implementations: ["fused_typed"], sizes: [1000], rounds: 1 } });
  assert.equal(nothingCompared(summarise(alone, makeTrials(alone), "now")), undefined);
  const running: RunFile = { ...run, sessions: [{ startedAt: "2026-03-01T10:00:00.000Z" }] };
  const soFar = summaryOf((trial) => trial.round === 1 ? trial : undefined, running);
  assert.doesNotMatch(firstText(soFar), /Nothing could be compared/);
});
