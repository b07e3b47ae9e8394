import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { because, makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { Reason } from "../format/reason.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { htmlFormat } from "../report/html.ts";
import { markdownFormat } from "../report/markdown.ts";
import { reasonsText } from "../report/reason_words.ts";
import { verboseReport } from "../report/terminal_report.ts";
import { liveView } from "../serve/live_view.ts";
import { brief, soFar } from "../serve/so_far.ts";
import { summarise } from "../summary/summarise.ts";
import { createProgress } from "./progress.ts";

const DIED: Reason[] = [{ kind: "died", signal: "SIGSEGV", lastMessage: "opened" }];
const NO_LIBRARY: Reason[] = [{ kind: "unavailable", message: "no BLAS; apt-get install it" }];

/** What becomes of each implementation: good, failed, skipped by the budget, failed once, not there. */
const FATES: Record<string, (trial: TrialRecord) => TrialRecord> = {
  fine: (trial) => trial,
  dies: (trial) =>
    trial.round === 1
      ? without(trial, "failed", DIED)
      : without(trial, "skipped", [{ kind: "not-repeated", round: 1 }]),
  slow: (trial) => without(trial, "skipped", tooLong(trial.cell.examples)),
  throws_late: (trial) => trial.round === 2 ? without(trial, "failed", because("odd")) : trial,
  absent: (trial) => without(trial, "skipped", NO_LIBRARY),
};

const without = (trial: TrialRecord, status: "failed" | "skipped", reasons: Reason[]) => ({
  ...trial,
  status,
  reasons,
  samplesNs: [],
});

const run = makeRun({
  plan: { implementations: Object.keys(FATES), sizes: [1000, 2000], rounds: 2, baseline: "fine" },
});
const journal = makeTrials(run, (trial) => FATES[trial.cell.implementation](trial));

/** Whatever one page or report says, with single spaces. */
async function saidOf(): Promise<Record<string, string>> {
  const summary = summarise(run, journal, "run");
  const lines: string[] = [];
  const progress = createProgress({ live: false, note: (line) => void lines.push(line) });
  progress.show({ type: "planned", plan: run.plan, trials: journal.length, alreadyDone: 0 });
  journal.forEach((record) => progress.show({ type: "recorded", record }));
  progress.stop();
  const textOf = (page: string): string =>
    parseHTML(`<html><body>${page.replaceAll(/<\/t[dh]>/g, " | ")}</body></html>`).document.body
      .textContent ?? "";
  const [{ content: html }] = await htmlFormat.render(summary);
  const [{ content: markdown }] = await markdownFormat.render(summary);
  const live = liveView(run, soFar(run, journal.map(brief), "finished", 0), "finished");
  const said = {
    terminal: verboseReport(summary, { width: 100, color: false }),
    html: textOf(/<body[^>]*>(.*)<\/body>/s.exec(html)?.[1] ?? ""),
    markdown: markdown.replaceAll("\\", ""),
    progress: lines.join("\n"),
    live: textOf(live.problems),
  };
  return Object.fromEntries(
    Object.entries(said).map(([name, text]) => [name, text.replaceAll(/\s+/g, " ")]),
  );
}

test("reports, progress and the live page give the same reasons in the same words", async () => {
  const reasons = [DIED, tooLong(1000), because("odd"), NO_LIBRARY].map(reasonsText);
  for (const [name, text] of Object.entries(await saidOf())) {
    for (const reason of reasons) assert.ok(text.includes(reason), `${name} lacks: ${reason}`);
  }
});

test("reports, progress and the live page agree on what failed and what was skipped", async () => {
  const expected = { dies: "failed", slow: "skipped", throws_late: "failed", absent: "skipped" };
  for (const [name, text] of Object.entries(await saidOf())) {
    for (const [implementation, status] of Object.entries(expected)) {
      // Status and implementation stand next to each other, in either order.
      const near = new RegExp(
        `${status}\\W{1,4}${implementation}\\b|\\b${implementation} ·[^:]*: ${status}`,
      );
      assert.match(text, near, `${name}: ${implementation} ${status}`);
    }
    assert.doesNotMatch(
      text,
      /(failed|skipped)\W{1,4}fine\b|\bfine ·[^:]*: (failed|skipped)/,
      name,
    );
  }
});
