import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { withCeilings } from "../../tests/support/ceilings.ts";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import { Summary } from "../format/summary.ts";
import { csvFormat } from "./csv.ts";
import { keyResults } from "./key_results.ts";
import { formatNumber, formatPercent } from "./numbers.ts";
import { markdownFormat } from "./markdown.ts";
import { plotsOf } from "./plots/plots_of_run.ts";
import { rooflineSection, rooflineSentences } from "./roofline_section.ts";
import { verboseReport } from "./terminal_report.ts";

const run = withCeilings(makeRun());
const trials = makeTrials(run);
const summary = summarise(run, trials, "run");
const old = summarise(makeRun(), trials, "run");

const rooflineOf = (of: Summary) => {
  const plot = plotsOf(of).find(({ path }) => path === "plots/roofline.svg");
  if (plot === undefined) return undefined;
  const { document } = parseHTML(`<html><body>${plot.svg}</body></html>`);
  return document.querySelector("svg") as unknown as Element;
};

/** Centres of the markers of a series, in px. */
function markers(svg: Element, label: string): { x: number; y: number }[] {
  return [...svg.querySelectorAll(`g[aria-description="${label}"] > *`)].map((marker) => {
    const place = /translate\(([-\d.]+),([-\d.]+)\)/.exec(marker.getAttribute("transform") ?? "");
    const [x, y] = place?.slice(1) ?? [marker.getAttribute("cx"), marker.getAttribute("cy")];
    return { x: Number(x), y: Number(y) };
  });
}

test("a summary with ceilings is valid, and every cell is below one or has a reason", () => {
  assert.deepEqual(Summary.parse(JSON.parse(JSON.stringify(summary))), summary);
  for (const { roofline } of summary.cells) assert.ok(roofline?.ceiling);
  assert.deepEqual(old.ceilings, []);
  for (const cell of old.cells) assert.equal(cell.roofline, undefined);
});

test("the plot has a marker for each cell where its figures say, and no line through them", () => {
  const svg = rooflineOf(summary);
  assert.ok(svg);
  const found = markers(svg, "fused_typed");
  const cells = summary.cells.filter(({ cell }) => cell.implementation === "fused_typed");
  assert.equal(found.length, cells.length);
  const other = summary.cells.find(({ cell }) => cell.implementation === "naive_loop");
  const [naive] = markers(svg, "naive_loop");
  // Two known points fix both logarithmic scales; a decade is as long between any two others.
  const [a, b] = [cells[0].roofline, other?.roofline];
  assert.ok(a && b);
  const decade = (found[0].y - naive.y) / Math.log10(a.flopDonePerSecond / b.flopDonePerSecond);
  cells.forEach(({ roofline }, i) => {
    const above = Math.log10((roofline?.flopDonePerSecond ?? 0) / a.flopDonePerSecond);
    assert.ok(Math.abs(found[i].y - found[0].y - above * decade) < 0.01, `point ${i}`);
  });
  const coloured = [...svg.querySelectorAll('g[aria-label="line"] path')]
    .filter((path) => path.getAttribute("d"));
  assert.equal(coloured.length, summary.roofs.length, "only the roofs are lines");
});

test("every roof has its name and its rate", () => {
  const texts = [...rooflineOf(summary)?.querySelectorAll("text") ?? []].map((text) =>
    text.textContent
  );
  for (
    const label of [
      "JavaScript, 1 thread: 12.0 GFLOP/s",
      "L2 cache: 80.0 GB/s",
      "L3 cache: 30.0 GB/s",
      "memory: 14.0 GB/s",
    ]
  ) {
    assert.ok(texts.includes(label), `${label} is not in ${texts}`);
  }
});

test("names of roofs that lie close to each other do not touch", () => {
  const close: Summary = {
    ...summary,
    roofs: [100e9, 101e9, 102e9].map((flopPerSecond, i) => ({
      kind: "compute",
      label: `roof ${i}`,
      flopPerSecond,
    })),
  };
  const shifts = [...rooflineOf(close)?.querySelectorAll('g[aria-description="guide"]') ?? []]
    .map((group) => Number(/translate\(([-\d.]+)/.exec(group.getAttribute("transform") ?? "")?.[1]))
    .sort((a, b) => a - b);
  assert.equal(shifts.length, 3);
  const width = "roof 0: 100 GFLOP/s".length * 6;
  shifts.slice(1).forEach((shift, i) => assert.ok(shift - shifts[i] > width, String(shifts)));
});

test("runs without ceilings have no roofline anywhere", async () => {
  assert.equal(rooflineOf(old), undefined);
  const [{ content }] = await markdownFormat.render(old);
  assert.doesNotMatch(String(content), /roofline|Share of the ceiling/i);
  assert.doesNotMatch(verboseReport(old, { width: 100, color: false }), /ceiling/);
});

test("reports tell the ceilings, each cell's share and what sets it", async () => {
  const [{ content }] = await markdownFormat.render(summary);
  const text = String(content);
  assert.match(text, /\| deno \| WebAssembly, float32 \| 2 \| 120 GFLOP\/s \|/);
  assert.match(text, /\| deno \| reads from 256 MiB \| 1 \| 14\.0 GB\/s \|/);
  assert.match(text, /the arithmetic of JavaScript \(1 thread\)/);
  assert.ok(text.includes("plots/roofline.svg"));
  for (const { roofline } of summary.cells) {
    assert.ok(text.includes(` ${formatPercent(roofline?.ceiling?.share ?? -1, 1)} |`));
  }
  assert.match(verboseReport(summary, { width: 100, color: false }), /Share of the machine's/);
});

test("there is a finding for each implementation: its rate, its share and what is left", () => {
  const found = rooflineSentences(summary);
  assert.equal(found.length, 3);
  const cell = summary.cells.find(({ cell }) =>
    cell.implementation === "outer_product" && cell.examples === 60_000
  );
  const roofline = cell?.roofline;
  assert.ok(roofline?.ceiling);
  const sentence = found.find((text) => text.startsWith("outer_product at m = 60,000 ")) ?? "";
  assert.ok(sentence.includes(`${formatNumber(roofline.flopDonePerSecond / 1e9)} GFLOP/s`));
  assert.ok(sentence.includes(formatPercent(roofline.ceiling.share, 0)));
  assert.ok(sentence.includes(`${formatNumber(1 / roofline.ceiling.share)} × as fast`));
});

test("the second finding says why the fastest is: less arithmetic, a higher rate, together the speedup", () => {
  const { text } = keyResults(summary)[1];
  const found =
    /Why: fused_typed does the same arithmetic at ([\d.]+) times the rate of naive_loop; it reaches \d+ % of its limit, the arithmetic of JavaScript \(1 thread\); naive_loop reaches \d+ %\./
      .exec(text);
  const fastest = summary.cells.find(({ cell, slowdown }) =>
    cell.examples === 60_000 && slowdown === 1
  );
  assert.ok(found && fastest?.speedup, text);
  assert.ok(Math.abs(Number(found[1]) / fastest.speedup.value - 1) < 0.05, text);
  const sparse = {
    ...summary,
    choices: summary.choices.map((choice) => ({
      ...choice,
      overBaseline: { flopRatio: 0.25, rateRatio: 20 },
    })),
  };
  assert.match(
    keyResults(sparse)[1].text,
    /fused_typed does 25 % of the arithmetic \(it skips pixels that are 0\) at 20\.0 times/,
  );
  assert.doesNotMatch(keyResults(old)[1].text, /Why/);
});

test("cells.csv has the roofline's columns, empty where nothing is known", async () => {
  const rowsOf = async (of: Summary) => {
    const [{ content }] = await csvFormat.render(of);
    const [header, ...rows] = String(content).trim().split("\r\n").map((row) => row.split(","));
    return rows.map((row) => Object.fromEntries(row.map((field, i) => [header[i], field])));
  };
  (await rowsOf(summary)).forEach((row, i) => {
    const { roofline } = summary.cells[i];
    assert.equal(Number(row.epoch_flop_done), roofline?.flopDonePerEpoch);
    assert.equal(Number(row.epoch_moved_bytes), roofline?.bytesPerEpoch);
    assert.equal(Number(row.flop_per_byte), roofline?.flopPerByte);
    assert.equal(Number(row.ceiling_share), roofline?.ceiling?.share);
    assert.equal(row.ceiling_bound, "compute");
  });
  assert.equal((await rowsOf(old))[0].ceiling_share, "");
});

test("loops that could not be run are listed below the ceilings, with the reason", () => {
  const unmeasured = [{ what: "threads", message: "the threads did not finish" }] as const;
  const ceilings = run.ceilings!.map((one) => ({ ...one, unmeasured: [...unmeasured] }));
  const text = (of: Summary) => JSON.stringify(rooflineSection(of));
  const sentence =
    /Not measured: the ceilings of several threads in deno: the threads did not finish\./;
  assert.match(text(summarise({ ...run, ceilings }, trials, "run")), sentence);
  assert.doesNotMatch(text(summary), /Not measured/);
});
