import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "../summary/summarise.ts";
import { markdownOf } from "./markdown.ts";
import { formatDuration, formatInterval, formatPercent } from "./numbers.ts";
import { buildDocument } from "./run_document.ts";
import { terminalReport, verboseReport } from "./terminal_report.ts";
import { wrap } from "../base/wrap.ts";

const RUN = makeRun();
const SUMMARY = summarise(RUN, makeTrials(RUN), "run");
const PLAIN = { width: 100, color: false };

test("the tables hold every cell's time, time per example, speedup and accuracy", () => {
  const text = verboseReport(SUMMARY, PLAIN);
  assert.equal(SUMMARY.cells.length, 21);
  for (const { nsPerEpoch, nsPerExample, testAccuracy } of SUMMARY.cells) {
    assert.ok(text.includes(formatDuration(nsPerEpoch.value)));
    assert.ok(text.includes(formatDuration(nsPerExample.value)));
    assert.ok(text.includes(formatPercent(testAccuracy)));
  }
  assert.match(text, /Speedup over naive_loop/);
});

test("exponents stand with their intervals", () => {
  const text = verboseReport(SUMMARY, PLAIN);
  for (const { exponent } of SUMMARY.scalingLaws) {
    assert.ok(text.includes(
      `${exponent.value.toFixed(3)} [${exponent.low.toFixed(3)}, ${exponent.high.toFixed(3)}]`,
    ));
  }
});

test("no line is wider than the terminal, no column is lost and no figure is cut", () => {
  // Long labels, speedups that are not resolved, and pairs, which have seven columns.
  const many = makeRun({
    plan: { runtimes: ["deno", "bun"], batchSizes: [10, 100], threads: [1, 2], resolve: 0.02 },
  });
  const manyTrials = makeTrials(many).filter(({ round }) => round === 1);
  for (const summary of [SUMMARY, summarise(many, manyTrials, "run")]) {
    for (const width of [40, 60, 80, 120]) {
      const lines = verboseReport(summary, { width, color: false }).split("\n");
      for (const line of lines) {
        assert.ok(line.length <= width || !line.trim().includes(" "), `${width}: ${line}`);
      }
      const heads = lines.filter((line) => line.includes("m =")).join(" ");
      for (const size of ["1,000", "2,000", "60,000"]) assert.ok(heads.includes(size), size);
      const text = lines.join("\n");
      for (const { nsPerEpoch, nsPerExample, testAccuracy } of summary.cells) {
        assert.ok(text.includes(` ${formatDuration(nsPerEpoch.value)}`));
        assert.ok(text.includes(` ${formatDuration(nsPerExample.value)}`));
        assert.ok(text.includes(` ${formatPercent(testAccuracy)}`));
      }
      for (const { exponent } of summary.scalingLaws) {
        assert.ok(text.includes(` ${formatInterval(exponent, (value) => value.toFixed(3))}`));
      }
    }
  }
});

test("the plot has a marker for every series at both ends, and the sizes under its axis", () => {
  const lines = verboseReport(SUMMARY, PLAIN).split("\n");
  const from = lines.findIndex((line) => line.includes("log-log"));
  const plot = lines.slice(from + 1, from + 15).join("\n");
  for (const marker of ["●", "▲", "■"]) assert.equal(plot.split(marker).length - 1, 7, marker);
  assert.match(lines[from + 16], /^\s+1,000 .*60,000$/);
});

/** The rows of the plot, each from its label to its last dot. */
function plotRows(text: string): string[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.includes("log-log"));
  return lines.slice(from + 1, from + 15);
}

test("where no two decades lie in range, the plot labels the ends of its axis", () => {
  const run = makeRun({ plan: { sizes: [300, 400], implementations: ["fused_typed"] } });
  const summary = summarise(run, makeTrials(run), "run");
  const times = summary.cells.map(({ nsPerEpoch }) => nsPerEpoch.value);
  assert.ok(Math.floor(Math.log10(times[0])) === Math.floor(Math.log10(times[1])));
  const labels = plotRows(verboseReport(summary, PLAIN)).map((row) => row.split("┤")[0].trim());
  assert.equal(labels.filter((label) => label !== "").length, 2);
  assert.equal(labels[0], formatDuration(Math.max(...times)));
  assert.equal(labels[13], formatDuration(Math.min(...times)));
});

test("a line goes through the median over the seeds, once at each size", () => {
  const run = makeRun({
    plan: { seeds: [1, 2, 3], sizes: [1000, 60_000], implementations: ["fused_typed"] },
  });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    samplesNs: trial.samplesNs.map((ns) => ns * [1, 10, 1.1][trial.cell.seed - 1]),
  }));
  const rows = plotRows(verboseReport(summarise(run, trials, "run"), PLAIN));
  assert.equal(rows.join("").split("●").length - 1, 2);
  // The slowest seed, ten times as slow, would be a decade above.
  const labels = rows.map((row) => row.split("┤")[0].trim()).filter((label) => label !== "");
  assert.deepEqual(labels, ["100 ms", "10 ms"]);
});

/** Two series of the same times, the first of them called better by less than a dot. */
function together(sizes: readonly number[]) {
  const run = makeRun({
    plan: { implementations: ["naive_loop", "fused_typed"], sizes: [...sizes] },
  });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    samplesNs: trial.samplesNs.map(() => trial.cell.examples * 1000),
  }));
  return summarise(run, trials, "run");
}

test("series that lie upon another show by turns, first the one to choose", () => {
  const summary = together([1000, 2000, 4000, 8000]);
  const choice = (series: number) => ({
    ...summary,
    choices: summary.choices.map((one) => ({ ...one, series })),
  });
  for (const [chosen, marker] of [[0, "●"], [1, "▲"]] as const) {
    const plot = plotRows(verboseReport(choice(chosen), PLAIN)).join("\n");
    assert.equal(plot.split("●").length - 1, 2);
    assert.equal(plot.split("▲").length - 1, 2);
    // The first from the left stands lowest.
    assert.equal(/[●▲]/.exec(plot.split("\n").at(-1) ?? "")?.[0], marker);
  }
});

test("a series that shows nowhere is said to lie under another", () => {
  const run = makeRun({
    plan: { implementations: ["a", "b", "c"], baseline: "a", sizes: [1000, 2000] },
  });
  const trials = makeTrials(run).map((trial) => ({
    ...trial,
    samplesNs: trial.samplesNs.map(() => trial.cell.examples * 1000),
  }));
  const text = verboseReport(summarise(run, trials, "run"), PLAIN);
  assert.match(text, /[●▲■] [abc] \(under [●▲■]\)/);
});

test("beyond eight series, the plot has the baseline and the fastest, and no marker twice", () => {
  const many = makeRun({
    plan: {
      implementations: Array.from({ length: 12 }, (_, i) => `implementation_${i}`),
      baseline: "implementation_11",
    },
  });
  const trials = makeTrials(many).map((trial) => {
    const place = Number(trial.cell.implementation.split("_")[1]);
    return { ...trial, samplesNs: trial.samplesNs.map((ns) => ns * (1 + place)) };
  });
  const summary = summarise(many, trials, "run");
  for (const width of [60, 100]) {
    const lines = verboseReport(summary, { width, color: false }).split("\n");
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    const from = lines.findIndex((line) => line.includes("log-log"));
    const text = lines.slice(from).join("\n");
    assert.match(text.replaceAll(/\s+/g, " "), /8 of 12: the baseline and the fastest/);
    const legend = [...text.split("└")[1].matchAll(/([●▲■◆○△□◇]) (implementation_\d+)/g)];
    assert.deepEqual(
      legend.map(([, , name]) => Number(name.split("_")[1])),
      [0, 1, 2, 3, 4, 5, 6, 11],
    );
    assert.equal(new Set(legend.map(([, marker]) => marker)).size, 8);
    const rows = [
      ...lines.slice(0, from).join("\n").matchAll(/^([●▲■◆○△□◇]) (implementation_\d+)/gm),
    ];
    for (const [, marker, name] of rows) {
      assert.equal(legend.find(([, , one]) => one === name)?.[1], marker, name);
    }
  }
});

test("the long report begins with the answer, too, and says it with its intervals at the end", () => {
  const lines = verboseReport(SUMMARY, PLAIN).split("\n");
  assert.equal(lines[0], terminalReport(SUMMARY, PLAIN).split("\n")[0]);
  const place = lines.findIndex((line) => line.startsWith("Choose fused_typed at every m from"));
  assert.ok(place > lines.findIndex((line) => line.includes("log-log")));
  assert.match(lines.slice(place).join(" "), /The next, outer_product, takes 2\.\d+ × /);
});

test("colour comes only when asked for", () => {
  // deno-lint-ignore no-control-regex
  const escape = /\x1b\[/;
  assert.doesNotMatch(verboseReport(SUMMARY, PLAIN), escape);
  assert.match(verboseReport(SUMMARY, { width: 100, color: true }), escape);
});

test("skipped and failed trials and warnings are reported; a run without a figure says so", () => {
  const trials = makeTrials(RUN).map((trial) => ({
    ...trial,
    status: "failed" as const,
    reasons: because("no memory for this"),
    samplesNs: [],
  }));
  const run = makeRun({ data: { synthetic: true, name: "synthetic" } });
  const text = verboseReport(summarise(run, trials, "run"), PLAIN);
  assert.match(text, /Nothing was measured/);
  assert.match(
    text.replaceAll(/\s+/g, " "),
    /naive_loop .* rounds 1, 2, 3: train: no memory .* alike: naive_loop, outer_product, fused_typed \(60 trials\)/,
  );
  assert.match(text, /warning: .*synthetic/i);
});

test("wrapping breaks at spaces and indents what follows", () => {
  assert.deepEqual(wrap("one two three", 8, "  "), ["one two", "  three"]);
  assert.deepEqual(wrap("unbreakable", 4), ["unbreakable"]);
});

test("a time that is uncertain or predicted is marked wherever it stands", () => {
  const run = makeRun();
  const one = (trial: TrialRecord) => ({ ...trial, samplesNs: trial.samplesNs.slice(0, 1) });
  const trials = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "fused_typed"
        ? trial.round === 1 ? one(trial) : undefined
        : trial.cell.implementation === "naive_loop" && trial.cell.examples > 16_000
        ? { ...trial, status: "skipped", samplesNs: [], reasons: tooLong(99) }
        : trial,
  );
  const summary = summarise(run, trials, "run");
  const { nsPerEpoch } = summary.cells.findLast(({ cell }) =>
    cell.implementation === "fused_typed"
  )!;
  const { nsPerEpoch: predicted } = summary.predicted.at(-1)!;
  const [uncertain, bracketed] = [nsPerEpoch, predicted].map(({ value }) => formatDuration(value));
  const [short, long] = [terminalReport, verboseReport].map((print) => print(summary, PLAIN));
  const page = markdownOf(buildDocument(summary).blocks);
  for (const text of [short, long, page]) {
    assert.ok(text.includes(`≈ ${uncertain}`), text);
    assert.ok(text.includes(`(${bracketed})`), text);
    if (text === page) continue; // its tables of fits show what the fits saw
    const bare = text.split("\n").filter((line) =>
      line.replace(`(${uncertain} per epoch`, "").replaceAll(`≈ ${uncertain}`, "")
        .includes(` ${uncertain}`)
    );
    assert.deepEqual(bare, []);
  }
  assert.match(long, /Time per epoch \(≈: uncertain; \( \): predicted from smaller m\)/);
});
