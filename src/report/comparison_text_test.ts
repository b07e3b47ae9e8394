import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComparedCell, Comparison } from "../format/comparison.ts";
import { because, makeTrial, tooLong } from "../../tests/support/trials.ts";
import { comparisonReport } from "./comparison_text.ts";

const cellOf = (overrides: Partial<ComparedCell> = {}, examples = 60_000): ComparedCell => ({
  cell: makeTrial({ cell: { examples } }).cell,
  label: "fused_typed",
  a: { nsPerEpoch: 612e6, trials: 3 },
  b: { nsPerEpoch: 791e6, trials: 3 },
  ratio: 1.2924,
  interval: [1.2261, 1.3618],
  verdict: "slower",
  ...overrides,
});

const comparison = (overrides: Partial<Comparison> = {}): Comparison => ({
  schema: 1,
  verdict: "slower",
  threshold: 0.03,
  thresholdInForce: 0.03,
  alpha: 0.05,
  paired: false,
  a: { run: "20260301T100000Z-testbench", slope: "0.1.0", gitCommit: "0123456789ab-dirty" },
  b: { run: "20260302T100000Z-testbench", slope: "0.1.0", gitCommit: "cccccccccccc" },
  commonRatio: 1,
  cells: [cellOf()],
  refused: [],
  wrongCells: 0,
  notes: [],
  ...overrides,
});

const DOUBT = { kind: "few-trials", trials: 3, comparisons: 1234, needed: 9 } as const;
const PLAIN = { width: 80, color: false };
const flat = (text: string) => text.replaceAll(/\s+/g, " ");

test("a row has m, both times, ratio, interval and the verdict as a mark and a word", () => {
  const text = comparisonReport(comparison(), PLAIN);
  assert.match(text, /60,000 +612 ms +791 ms +1\.292 × \[1\.226, 1\.362\] +✗ slower/);
  assert.match(text, /^✗ slower: of 1 cell 1 slower\.\n/);
});

test("all of it fits, with long names, seeds, reasons and refused cells, and no figure is cut", () => {
  const long = "wasm_threads (software) · node · 16 threads · B = 1000";
  const { cell } = makeTrial({ cell: { implementation: "wasm_threads", threads: 2, seed: 1234 } });
  const compared = comparison({
    verdict: "unresolved",
    noiseFloor: 0.041,
    thresholdInForce: 0.041,
    pace: { source: "yardstick", ratio: 1.304, interval: [1.281, 1.327], from: 10 },
    commonRatio: 1.31,
    cells: [
      cellOf({ label: long, verdict: "unresolved", doubt: DOUBT, ratio: 123.4 }),
      cellOf({ label: long, cell: { ...cell, examples: 2000 }, verdict: "same" }),
    ],
    refused: [{
      cell,
      reason: { kind: "wrong", fault: { kind: "failed", reasons: because("long ".repeat(40)) } },
    }],
    wrongCells: 1,
    notes: [{ kind: "host", a: "a-host-with-a-long-name", b: "another-host-with-a-long-name" }],
  });
  for (const width of [40, 60, 80]) {
    const report = comparisonReport(compared, { width, color: false });
    for (const line of report.split("\n")) {
      assert.ok(line.length <= width || !line.trim().includes(" "), `${width}: ${line}`);
    }
    for (
      const figure of ["60,000 · seed", "612 ms", "791 ms", "123.4 × [1.2, 1.4]", "? unresolved"]
    ) {
      assert.ok(report.includes(figure), `${width}: ${figure}`);
    }
  }
  const text = comparisonReport(compared, PLAIN);
  assert.match(
    flat(text),
    /Noise floor 4\.1 %, as the null twin shows: smaller differences do not count/,
  );
  // What became wrong is told before any time, and is not repeated below.
  assert.ok(text.indexOf("✗ wasm_threads") < text.indexOf("A  2026"), text);
  assert.doesNotMatch(text, /Not compared/);
  assert.match(flat(text), /1 right in A and wrong or failed in B/);
});

test("what all cells have in common is set beside the machine's pace", () => {
  const said = (
    commonRatio: number,
    ratio: number,
    interval?: [number, number],
    more: Partial<Comparison> = {},
  ) => {
    const pace = { source: "yardstick" as const, ratio, ...(interval && { interval }), from: 9 };
    return flat(comparisonReport(comparison({ commonRatio, pace, ...more }), PLAIN));
  };
  const median = "median ratio over the cells is";
  assert.match(said(1.3, 1.29), RegExp(`${median} 1\\.30 ×; the machine's pace explains it\\.`));
  assert.match(
    said(1.3, 1),
    RegExp(`${median} 1\\.30 ×, and the machine's pace does not explain it: the code changed`),
  );
  assert.match(
    said(1.6, 1.2),
    RegExp(`${median} 1\\.60 ×; the machine's pace explains part of it`),
  );
  assert.match(said(1.3, 0.8), /does not explain it/);
  assert.doesNotMatch(said(1.01, 1.3), RegExp(median));
  // What lies within the pace's interval is no sign of another code.
  assert.match(said(0.7, 1.07, [0.6, 1.9]), /0\.700 ×; the machine's pace may explain it/);
  const unresolved = comparison().cells.map((one) => ({ ...one, verdict: "unresolved" as const }));
  assert.match(
    said(0.7, 1.07, [1, 1.1], { cells: unresolved }),
    /does not explain it; no cell alone proves a change\./,
  );
});

test("without a null twin the noise floor is said to be unknown, not zero", () => {
  assert.match(
    flat(comparisonReport(comparison(), PLAIN)),
    /Threshold 3\.0 %\. The noise floor is unknown: neither run has a null twin/,
  );
  assert.match(
    flat(comparisonReport(comparison({ paired: true }), PLAIN)),
    /compared round by round.* The noise floor is unknown: the run has no null twin/,
  );
});

test("refused cells that are alike are reported once, with their sizes", () => {
  const refused = [1000, 2000].map((examples): Comparison["refused"][0] => ({
    cell: makeTrial({ cell: { examples, implementation: "naive_loop" } }).cell,
    reason: { kind: "skipped", side: "b", reasons: tooLong(examples) },
  }));
  const text = comparisonReport(comparison({ refused }), PLAIN);
  assert.match(text, /naive_loop · deno · m = 1,000, 2,000: skipped in B: predicted 1,000 s/);
});

test("colour comes only when asked for", () => {
  assert.ok(!comparisonReport(comparison(), PLAIN).includes("\x1b"));
  assert.ok(
    comparisonReport(comparison(), { width: 80, color: true }).includes("\x1b[31m✗ slower"),
  );
  // In a line of its own, too.
  assert.ok(
    comparisonReport(comparison(), { width: 50, color: true }).includes("\x1b[31m✗ slower"),
  );
});

test("what cannot be decided says how many rounds would decide it", () => {
  const open = (roundsNeeded?: number) =>
    cellOf({ verdict: "unresolved", doubt: DOUBT, ...(roundsNeeded && { roundsNeeded }) });
  const text = (...rounds: (number | undefined)[]) =>
    flat(comparisonReport(comparison({ cells: rounds.map(open) }), PLAIN));
  assert.match(text(8), /8 rounds in each run would decide the unresolved cell\./);
  assert.match(
    text(8, 12, 30, 40),
    /12 rounds in each run would decide half of the 4 unresolved cells, and 40 rounds all\./,
  );
  assert.match(
    text(8, undefined, undefined),
    /8 rounds in each run would decide at least one of the 3/,
  );
  assert.doesNotMatch(text(undefined), /would decide/);
});

test("a program that became wrong outweighs any that became faster", () => {
  const { cell } = makeTrial({ cell: { implementation: "sparse_typed" } });
  const [first, second] = comparisonReport(
    comparison({
      verdict: "faster",
      cells: [cellOf({ verdict: "faster", ratio: 0.8, interval: [0.75, 0.85] })],
      refused: [{ cell, reason: { kind: "wrong", fault: { kind: "wrong-gradient" } } }],
      wrongCells: 1,
    }),
    PLAIN,
  ).split("\n");
  assert.equal(
    first,
    "✗ 1 right in A and wrong or failed in B; of 1 cell 1 faster; 1 not compared.",
  );
  assert.equal(
    second,
    "  ✗ sparse_typed · deno · m = 1,000: its gradient is wrong in B, right in A",
  );
});
