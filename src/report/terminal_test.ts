import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../analysis/summarise.ts";
import { formatDuration, formatPercent } from "./format.ts";
import { terminalReport } from "./terminal.ts";
import { wrap } from "./wrap.ts";

const RUN = makeRun();
const SUMMARY = summarise(RUN, makeTrials(RUN), "run");
const PLAIN = { width: 100, color: false };

test("the tables hold every cell's time, time per example, speedup and accuracy", () => {
  const text = terminalReport(SUMMARY, PLAIN);
  assert.equal(SUMMARY.cells.length, 21);
  for (const { nsPerEpoch, nsPerExample, testAccuracy } of SUMMARY.cells) {
    assert.ok(text.includes(formatDuration(nsPerEpoch.value)));
    assert.ok(text.includes(formatDuration(nsPerExample.value)));
    assert.ok(text.includes(formatPercent(testAccuracy)));
  }
  assert.match(text, /Speedup over naive_loop/);
});

test("exponents stand with their intervals", () => {
  const text = terminalReport(SUMMARY, PLAIN);
  for (const { exponent } of SUMMARY.scalingLaws) {
    assert.ok(text.includes(
      `${exponent.value.toFixed(3)} [${exponent.low.toFixed(3)}, ${exponent.high.toFixed(3)}]`,
    ));
  }
});

test("no line of a table is wider than the terminal, and no column is lost", () => {
  for (const width of [60, 80, 120]) {
    const lines = terminalReport(SUMMARY, { width, color: false }).split("\n");
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    const heads = lines.filter((line) => line.includes("m =")).join(" ");
    for (const size of ["1,000", "2,000", "60,000"]) assert.ok(heads.includes(size), size);
  }
});

test("the plot has a marker for every series at both ends, and the sizes under its axis", () => {
  const lines = terminalReport(SUMMARY, PLAIN).split("\n");
  const from = lines.findIndex((line) => line.includes("log-log"));
  const plot = lines.slice(from + 1, from + 15).join("\n");
  for (const marker of ["●", "▲", "■"]) assert.equal(plot.split(marker).length - 1, 7, marker);
  assert.match(lines[from + 16], /^\s+1,000 .*60,000$/);
});

test("many series: their legend fits the width, and no name is lost", () => {
  const many = makeRun({
    plan: { implementations: Array.from({ length: 12 }, (_, i) => `implementation_${i}`) },
  });
  const summary = summarise(many, makeTrials(many), "run");
  for (const width of [60, 100]) {
    const lines = terminalReport(summary, { width, color: false }).split("\n");
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    const legend = lines.slice(lines.findIndex((line) => line.includes("log-log")) + 17).join("\n");
    for (const { label } of summary.series) assert.ok(legend.includes(` ${label}`), label);
  }
});

test("what to choose and why stands at the end", () => {
  const lines = terminalReport(SUMMARY, PLAIN).split("\n");
  const place = lines.findIndex((line) => line.startsWith("Choose fused_typed at every m from"));
  assert.ok(place > lines.findIndex((line) => line.includes("log-log")));
  assert.match(lines.slice(place).join(" "), /The next, outer_product, takes 2\.\d+ × /);
});

test("colour comes only when asked for", () => {
  // deno-lint-ignore no-control-regex
  const escape = /\x1b\[/;
  assert.doesNotMatch(terminalReport(SUMMARY, PLAIN), escape);
  assert.match(terminalReport(SUMMARY, { width: 100, color: true }), escape);
});

test("skipped and failed trials and warnings are told; a run without a figure says so", () => {
  const trials = makeTrials(RUN).map((trial) => ({
    ...trial,
    status: "failed" as const,
    reason: "open: no memory for this",
    samplesNs: [],
  }));
  const run = makeRun({ data: { synthetic: true, name: "synthetic" } });
  const text = terminalReport(summarise(run, trials, "run"), PLAIN);
  assert.match(text, /Nothing was measured/);
  assert.match(
    text.replaceAll(/\s+/g, " "),
    /naive_loop .* rounds 1, 2, 3: open: no memory .* 60 trials more, alike: naive_loop, outer_product/,
  );
  assert.match(text, /warning: .*synthetic/i);
});

test("wrapping breaks at spaces and indents what follows", () => {
  assert.deepEqual(wrap("one two three", 8, "  "), ["one two", "  three"]);
  assert.deepEqual(wrap("unbreakable", 4), ["unbreakable"]);
});
