import assert from "node:assert/strict";
import { test } from "node:test";
import { plotOf, pointsOf, textsOf } from "../../../tests/support/plot_elements.ts";
import { because, makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../summary/summarise.ts";
import type { Summary } from "../../format/summary.ts";
import { formatRatio } from "../numbers.ts";
import { markedSpeedup } from "../noise_words.ts";
import { plotsOf, svgFormat } from "./plots_of_run.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");
const ALL = [
  "ranking",
  "per_example",
  "total_time",
  "accuracy",
  "accuracy_by_time",
  "time",
  "speedup",
  "speedup_map",
  "loss",
  "memory",
  "agreement",
];

const namesOf = (of: Summary) => plotsOf(of).map(({ path }) => path.slice(6, -4));

test("a whole run has every plot, each an SVG that needs nothing else", () => {
  assert.deepEqual(namesOf(summary), ALL);
  for (const { path, svg } of plotsOf(summary)) {
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/, path);
    assert.doesNotMatch(
      svg.replace("http://www.w3.org/2000/svg", ""),
      /http|url\(|<image|NaN/,
      path,
    );
  }
});

test("of several settings, plots name the series of the choice's, and the ranking names programs alone", () => {
  const names = Array.from({ length: 5 }, (_, i) => `way_${i}`);
  const plan = { implementations: names, baseline: "way_0", rounds: 1, batchSizes: [10, 100] };
  const run = makeRun({ plan });
  const summary = summarise(run, makeTrials(run), "run");
  const named = textsOf(plotOf(summary, "per_example"), 'g[aria-description="legend"]');
  for (const name of names) {
    assert.ok(named.some((one) => one.startsWith(name) && one.endsWith("B = 10")), `${named}`);
  }
  const ranked = plotOf(summary, "ranking").textContent ?? "";
  for (const name of names) assert.match(ranked, new RegExp(`${name}(?! · B)`));
});

test("beyond eight series a plot names the choice, the baseline and the fastest; others are grey lines", () => {
  const names = Array.from({ length: 12 }, (_, i) => `way_${i}`);
  const many = makeRun({ plan: { implementations: names, baseline: "way_0", rounds: 1 } });
  const svg = plotOf(summarise(many, makeTrials(many), "run"), "per_example");
  const named = textsOf(svg, 'g[aria-description="legend"]');
  assert.equal(named.length, 8);
  assert.ok(named.includes("way_0"));
  const strokes = [...svg.querySelectorAll('g[aria-label="line"].series')]
    .map((line) => line.getAttribute("stroke"));
  assert.equal(strokes.length, 12);
  assert.equal(strokes.filter((stroke) => stroke === "#888").length, 4);
  assert.equal(new Set(strokes).size, 9);
});

test("the ranking has a row for each program, the fastest first, with its figures", () => {
  const svg = plotOf(summary, "ranking");
  assert.deepEqual(textsOf(svg, 'g[aria-description="name"]'), [
    "fused_typed",
    "outer_product",
    "naive_loop",
  ]);
  assert.deepEqual(textsOf(svg, 'g[aria-description="slower"]')[0], "1.00 ×");
  assert.deepEqual(textsOf(svg, 'g[aria-description="precision"]'), [
    "float32",
    "float64",
    "float64",
  ]);
  assert.deepEqual(textsOf(svg, 'g[aria-description="threads"]'), ["1", "1", "1"]);
});

test("what is predicted beyond the largest measured size lies within its plot", () => {
  const first = summary.cells.find(({ cell }) =>
    cell.implementation === "naive_loop" && cell.examples === 60_000
  )!;
  const changed: Summary = {
    ...summary,
    cells: summary.cells.filter(({ cell }) => cell.examples < 60_000),
    predicted: [{ cell: first.cell, series: first.series, nsPerEpoch: first.nsPerEpoch }],
  };
  const ticks = textsOf(plotOf(changed, "per_example"), 'g[aria-label="x-axis tick label"]');
  assert.equal(ticks.at(-1), "60,000");
});

test("where the choice is not the first of the ranking, the caption says that set-up counts, too", () => {
  const captionOf = (of: Summary) =>
    plotsOf(of).find(({ path }) => path === "plots/ranking.svg")!.caption;
  assert.doesNotMatch(captionOf(summary), /set-up/);
  const slower = summary.series.findIndex((one) => one.implementation === "outer_product");
  const choices = summary.choices.map((choice) => ({ ...choice, series: slower }));
  assert.match(
    captionOf({ ...summary, choices }),
    /the choice\. For the choice, set-up counts, too\./,
  );
});

test("a predicted program stands in the ranking in brackets, an imprecise one with its mark", () => {
  const first = summary.cells.find(({ cell }) =>
    cell.implementation === "naive_loop" && cell.examples === 60_000
  )!;
  const changed: Summary = {
    ...summary,
    cells: summary.cells.filter((cell) => cell !== first).map((cell) =>
      cell.cell.implementation === "outer_product"
        ? { ...cell, marks: [{ kind: "imprecise", factor: 3 }] }
        : cell
    ),
    predicted: [{ cell: first.cell, series: first.series, nsPerEpoch: first.nsPerEpoch }],
  };
  const svg = plotOf(changed, "ranking");
  const times = textsOf(svg, 'g[aria-description="time"]');
  assert.match(times[0], /^\d+ ms$/);
  assert.match(times[1], /^≈ \d+ ms$/);
  assert.match(times[2], /^\([\d.]+ s\)$/);
  const dotted = plotOf(changed, "per_example").querySelectorAll(
    "g.series-0[stroke-dasharray] [transform], g.series-0[stroke-dasharray] circle",
  );
  assert.equal(dotted.length, 1);
  assert.match(dotted[0].textContent ?? "", /60,000\ntime per example, predicted: /);
  const caption = plotsOf(changed).find(({ path }) => path === "plots/ranking.svg")!.caption;
  assert.match(caption, /predicted by the scaling law, not measured\. ≈: known to a factor of 2/);
});

test("the baseline has no line of its own in the speedup plot", () => {
  const svg = plotOf(summary, "speedup");
  assert.deepEqual(textsOf(svg, 'g[aria-description="legend"]'), ["outer_product", "fused_typed"]);
  assert.equal(pointsOf(svg, "fused_typed").length, 7);
  assert.equal(pointsOf(svg, "naive_loop").length, 0);
});

test("the learning curve is drawn from the fit's formula, not through the points", () => {
  const shifted: Summary = {
    ...summary,
    learningCurves: summary.learningCurves.slice(0, 1).map((curve) => ({
      ...curve,
      fit: { ...curve.fit!, floor: 0.1, scale: 0, decay: 1, residual: 0 },
    })),
  };
  const path = plotOf(shifted, "accuracy").querySelector('g[aria-label="line"] path');
  const heights = [...(path?.getAttribute("d") ?? "").matchAll(/[ML][-\d.]+,([-\d.]+)/g)]
    .map(([, y]) => Number(y));
  assert.ok(heights.length >= 60, String(heights.length));
  assert.equal(new Set(heights).size, 1, "a fit without decay is level");
});

test("loss and accuracy over time show every epoch at the largest size", () => {
  for (const name of ["loss", "accuracy_by_time"]) {
    const svg = plotOf(summary, name);
    assert.equal(pointsOf(svg, "outer_product").length, 3, name);
    assert.ok(textsOf(svg, "g").some((text) => text.endsWith("m = 60,000")), name);
  }
});

test("what was not measured has no plot", () => {
  const bare = summarise(
    run,
    makeTrials(run, ({ memory: _, ...trial }) => ({ ...trial })),
    "run",
  );
  assert.deepEqual(namesOf(bare), ALL.filter((name) => name !== "memory"));
  const none = makeTrials(run, (trial) => ({ ...trial, status: "failed", reasons: because("no") }));
  assert.deepEqual(svgFormat.render(summarise(run, none, "run")), []);
  const alone = makeRun({ plan: { implementations: ["naive_loop"] } });
  assert.ok(!namesOf(summarise(alone, makeTrials(alone), "run")).includes("speedup"));
});

test("the speedup map has a field for each cell, with its speedup in it", () => {
  const svg = plotOf(summary, "speedup_map");
  const fields = [...svg.querySelectorAll('g[aria-label="cell"] rect')];
  assert.equal(fields.length, summary.cells.length);
  const told = textsOf(svg, 'g[aria-label="text"]');
  for (const cell of summary.cells) {
    assert.ok(told.includes(markedSpeedup(cell, ({ value }) => formatRatio(value))!));
  }
  const strengths = new Map(
    fields.map((field) => [
      field.textContent!.split("\n")[0],
      Number(field.getAttribute("fill-opacity")),
    ]),
  );
  assert.equal(strengths.get("naive_loop"), 0, "the ground shows");
  assert.ok(strengths.get("fused_typed")! > strengths.get("outer_product")!);
});

test("no point lies above and to the left of the Pareto front, and its corners are points", () => {
  const svg = plotOf(summary, "accuracy_by_time");
  const path = svg.querySelector('path[stroke-width="5"], g[stroke-width="5"] path');
  const steps = [
    ...path!.getAttribute("d")!.matchAll(/[ML]([\d.]+),([\d.]+)|H([\d.]+)|V([\d.]+)/g),
  ];
  let [x, y] = [0, 0];
  const corners = steps.map(([, mx, my, h, v]) => {
    if (mx !== undefined) [x, y] = [Number(mx), Number(my)];
    if (h !== undefined) x = Number(h);
    if (v !== undefined) y = Number(v);
    return { x, y };
  });
  const all = summary.series.flatMap(({ label }) => pointsOf(svg, label));
  for (const point of all) {
    const level = corners.filter((corner) => corner.x <= point.x + 0.01).map(({ y }) => y);
    // Upwards is less: a point may touch the stair and not stand above it.
    assert.ok(point.y >= Math.min(...level) - 0.01, JSON.stringify({ point, corners }));
  }
});

test("agreement has a marker for each cell that has an error", () => {
  const svg = plotOf(summary, "agreement");
  const count = summary.cells.filter(({ maxRelativeError }) => maxRelativeError).length;
  const drawn = summary.series.flatMap(({ label }) => pointsOf(svg, label));
  assert.equal(drawn.length, count);
});

test("seeds of a series share a colour and an entry in the legend", () => {
  const seeds = makeRun({
    plan: { seeds: [1, 2], implementations: ["naive_loop", "fused_typed"] },
  });
  const svg = plotOf(summarise(seeds, makeTrials(seeds), "run"), "per_example");
  assert.deepEqual(textsOf(svg, 'g[aria-description="legend"]'), ["naive_loop", "fused_typed"]);
  assert.equal(pointsOf(svg, "fused_typed").length, 14);
});

test("a name in markup stays text, in attributes too", () => {
  const evil = `<script>alert("1")</script>&\u0001`;
  const named = {
    ...summary,
    plan: { ...summary.plan, baseline: evil },
    series: summary.series.map((one) => ({ ...one, label: evil })),
  };
  for (const { path, svg } of plotsOf(named)) {
    assert.match(svg, /&lt;script&gt;alert\(&quot;1&quot;\)/, path);
    assert.doesNotMatch(svg, /<script|="[^"]*<|&(?!amp;|lt;|gt;|quot;)/, path);
    assert.ok(!svg.includes("\u0001"), path);
  }
});

test("no axis of accuracies goes beyond 100 %, however alike they are", () => {
  const run = makeRun({ plan: { sizes: [1000] } });
  const summary = summarise(run, makeTrials(run), "run");
  const cells = summary.cells.map((one) => ({
    ...one,
    epochs: one.epochs.map((epoch) => ({ ...epoch, testAccuracy: 0.9557 })),
  }));
  const plots = plotsOf({ ...summary, cells });
  const { svg } = plots.find(({ path }) => path === "plots/accuracy_by_time.svg")!;
  assert.match(svg, />100</);
  assert.doesNotMatch(svg, />10[1-9]</);
});
