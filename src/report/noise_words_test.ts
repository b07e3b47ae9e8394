import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import { buildDocument } from "./run_document.ts";
import { csvFormat } from "./csv.ts";
import { markdownFormat } from "./markdown.ts";
import { noiseSentences } from "./noise_words.ts";
import { verboseReport } from "./terminal_report.ts";

const run = makeRun({ plan: { sizes: [1000, 2000] } });
const trials = makeTrials(run);
const factor: Record<number, number> = { 1000: 1.004, 2000: 0.98 };
const twins = trials.filter(({ cell }) => cell.implementation === "fused_typed").map((trial) => ({
  ...trial,
  cell: { ...trial.cell, copy: "twin" as const },
  samplesNs: trial.samplesNs.map((ns) => ns * factor[trial.cell.examples]),
}));
const summary = summarise(run, [...trials, ...twins], "run");
const SENTENCE =
  "The null twin, a second copy of fused_typed in the same rounds, differed by up to " +
  "2.0 % (at m = 2,000): smaller differences do not count.";

test("the noise floor is a sentence with its figure in every report, and absent without a twin", () => {
  assert.deepEqual(noiseSentences(summary), [SENTENCE]);
  assert.deepEqual(noiseSentences(summarise(run, trials, "run")), []);
  assert.ok(
    buildDocument(summary).blocks.some((block) =>
      block.kind === "list" && block.items.some(({ text }) => text.includes(SENTENCE))
    ),
  );
  assert.ok(verboseReport(summary, { width: 200, color: false }).includes(SENTENCE));
});

test("tables have no row of a twin; cells.csv has, and says so", async () => {
  const rows = verboseReport(summary, { width: 100, color: false }).split("\n")
    .filter((line) => line.startsWith("■ fused_typed"));
  const without = verboseReport(summarise(run, trials, "run"), { width: 100, color: false })
    .split("\n").filter((line) => line.startsWith("■ fused_typed"));
  assert.deepEqual(rows, without);
  const [{ content }] = await csvFormat.render(summary);
  const [head, ...lines] = content.trimEnd().split("\r\n").map((line) => line.split(","));
  const copies = lines.map((line) => line[head.indexOf("copy")]);
  assert.deepEqual(copies, ["", "", "", "", "", "", "twin", "twin"]);
});

test("speedups that are not resolved are marked, and the mark is explained", async () => {
  // The baseline's own times for another implementation: nothing to resolve.
  const alike = trials.map((trial) =>
    trial.cell.implementation === "outer_product"
      ? makeTrial({
        cell: { ...trial.cell },
        round: trial.round,
        epochNs: trial.cell.examples * 35_000,
      })
      : trial
  );
  const marked = summarise(run, alike, "run");
  const rows = (text: string) => text.split("\n").filter((line) => line.includes("≈"));
  const terminal = rows(verboseReport(marked, { width: 100, color: false }));
  assert.equal(terminal.length, 2);
  assert.match(terminal[0], /Speedup over naive_loop \(≈: too close to call\)/);
  assert.match(terminal[1], /outer_product( +≈ (1\.0\d|0\.9\d\d) ×){2}$/);
  const [{ content }] = await csvFormat.render(marked);
  assert.match(content, /outer_product.*,unresolved,/);
  assert.match(content, /fused_typed.*,faster,/);
  assert.ok(!verboseReport(summary, { width: 100, color: false }).includes("≈"));
});

test("a copy that failed or was skipped is reported as a copy", async () => {
  const [twin] = twins;
  const failed = { ...twin, status: "failed" as const, reasons: because("it hung"), samplesNs: [] };
  const told = summarise(run, [...trials, failed], "run");
  const text = verboseReport(told, { width: 200, color: false });
  assert.match(
    text,
    /failed: fused_typed · deno · m = 1,000 · B = 10 · twin, round 1: train: it hung/,
  );
  const [{ content }] = await markdownFormat.render(told);
  assert.match(content, /\| failed \| fused_typed \(twin\) \|/);
});
