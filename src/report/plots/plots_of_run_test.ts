import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { because, makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../summary/summarise.ts";
import type { Summary } from "../../format/summary.ts";
import { formatRatio } from "../numbers.ts";
import { markedSpeedup } from "../noise_words.ts";
import { plotsOf, svgFormat } from "./plots_of_run.ts";
import { linearAxis, logAxis } from "./axis.ts";
import { widthOf } from "./text_width.ts";

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

function parse(name: string, of: Summary = summary): Element {
  const plot = plotsOf(of).find(({ path }) => path === `plots/${name}.svg`);
  assert.ok(plot, `there is no plot ${name}`);
  const { document } = parseHTML(`<html><body>${plot.svg}</body></html>`);
  return document.querySelector("svg") as unknown as Element;
}

/** The markers of one line: where each stands. */
function points(svg: Element, label: string): { x: number; y: number }[] {
  return [...svg.querySelectorAll(`g[aria-description="${label}"] > *`)].map((marker) => {
    const place = /translate\(([-\d.]+),([-\d.]+)\)/.exec(marker.getAttribute("transform") ?? "");
    // A circle is placed by its centre, every other marker by a shift.
    const [x, y] = place?.slice(1) ?? [marker.getAttribute("cx"), marker.getAttribute("cy")];
    assert.ok(x && y, marker.outerHTML);
    return { x: Number(x), y: Number(y) };
  });
}

const texts = (svg: Element, selector: string): string[] =>
  [...svg.querySelectorAll(`${selector} text`)].map((text) => text.textContent ?? "");

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

test("time per epoch has a marker and a bar for each cell, and the exponent in the legend", () => {
  const svg = parse("time");
  for (const { series, exponent } of summary.scalingLaws) {
    const label = `${summary.series[series].label}: k = ${exponent.value.toFixed(3)}`;
    assert.equal(points(svg, label).length, 7, label);
    assert.ok(texts(svg, 'g[aria-description="legend"]').includes(label), label);
  }
  assert.equal(svg.querySelectorAll('g[aria-label="rule"] line').length, 21);
  assert.ok(texts(svg, "g").includes("↑ time per epoch, logarithmic"));
  assert.deepEqual(texts(svg, 'g[aria-label="y-axis tick label"]'), [
    "5 ms",
    "10 ms",
    "20 ms",
    "50 ms",
    "100 ms",
    "200 ms",
    "500 ms",
    "1 s",
    "2 s",
  ]);
});

test("lines of time per epoch are the fitted laws, and each has a band", () => {
  const svg = parse("time");
  const [law] = summary.scalingLaws;
  const path = svg.querySelector('g.series-0[aria-label="line"] path')?.getAttribute("d") ?? "";
  const places = [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [+x, +y]);
  assert.equal(places.length, 60);
  // On logarithmic axes a power law without a constant is straight.
  assert.equal(law.constantNs, undefined);
  const [[x0, y0], [x1, y1]] = [places[0], places[59]];
  for (const [x, y] of places) {
    assert.ok(Math.abs(y - (y0 + (y1 - y0) * (x - x0) / (x1 - x0))) < 0.01, `${x}`);
  }
  assert.equal(svg.querySelectorAll('g[aria-label="area"] path').length, 3);
});

test("caches stand where the working set outgrows them", () => {
  const svg = parse("per_example");
  const guides = texts(svg, 'g[aria-description="guide"]');
  assert.deepEqual(guides, ["L2 1 MiB", "L3 32 MiB"]); // L1d is outgrown below 1,000
  const xOf = (label: string) =>
    Number(
      /translate\(([\d.]+)/.exec(
        [...svg.querySelectorAll('g[aria-description="guide"] text')]
          .find(({ textContent }) => textContent === label)!.getAttribute("transform")!,
      )![1],
    );
  const marks = points(svg, "naive_loop");
  // 785 bytes each, beside 105 kB of parameters and as much of gradient in float64: 1,069 and 42,475 examples.
  assert.ok(xOf("L2 1 MiB") > marks[0].x && xOf("L2 1 MiB") < marks[1].x);
  assert.ok(xOf("L3 32 MiB") > marks[5].x && xOf("L3 32 MiB") < marks[6].x);
});

test("markers on logarithmic axes stand where the figures say", () => {
  const [law] = summary.scalingLaws;
  const svg = parse("time");
  const found = points(svg, `naive_loop: k = ${law.exponent.value.toFixed(3)}`);
  const cells = summary.cells.filter(({ series }) => series === law.series);
  const at = (i: number) => Math.log(cells[i].nsPerEpoch.value / cells[0].nsPerEpoch.value);
  for (let i = 1; i < 7; i++) {
    const share = (found[i].y - found[0].y) / (found[6].y - found[0].y);
    assert.ok(Math.abs(share - at(i) / at(6)) < 1e-5, `point ${i}: ${share}`);
    const along = (found[i].x - found[0].x) / (found[6].x - found[0].x);
    const size = Math.log(cells[i].cell.examples / 1000) / Math.log(60);
    assert.ok(Math.abs(along - size) < 1e-5, `point ${i}: ${along}`);
  }
});

test("an axis comes from the points; an interval that leaves it ends in an arrow", () => {
  const wide = {
    ...summary,
    cells: summary.cells.map((cell) =>
      cell.series === 1 && cell.cell.examples === 60_000
        ? {
          ...cell,
          nsPerExample: { ...cell.nsPerExample, low: 1, high: cell.nsPerExample.value * 1e4 },
        }
        : cell
    ),
  };
  const [svg, plain] = [parse("per_example", wide), parse("per_example")];
  const ticks = (of: Element) => texts(of, 'g[aria-label="y-axis tick label"]');
  assert.ok(ticks(svg).length > 0 && ticks(svg).length <= ticks(plain).length + 2);
  assert.ok(!ticks(svg).some((text) => text.endsWith(" s") || text.endsWith("ns")));
  assert.equal(svg.querySelectorAll('g[aria-description="arrow"] path').length, 2);
  assert.equal(plain.querySelectorAll('g[aria-description="arrow"] path').length, 0);
});

test("beyond eight series a plot names the choice, the baseline and the fastest; others are grey lines", () => {
  const names = Array.from({ length: 12 }, (_, i) => `way_${i}`);
  const many = makeRun({ plan: { implementations: names, baseline: "way_0", rounds: 1 } });
  const svg = parse("per_example", summarise(many, makeTrials(many), "run"));
  const named = texts(svg, 'g[aria-description="legend"]');
  assert.equal(named.length, 8);
  assert.ok(named.includes("way_0"));
  const strokes = [...svg.querySelectorAll('g[aria-label="line"].series')]
    .map((line) => line.getAttribute("stroke"));
  assert.equal(strokes.length, 12);
  assert.equal(strokes.filter((stroke) => stroke === "#888").length, 4);
  assert.equal(new Set(strokes).size, 9);
});

test("the ranking has a row for each program, the fastest first, with its figures", () => {
  const svg = parse("ranking");
  assert.deepEqual(texts(svg, 'g[aria-description="name"]'), [
    "fused_typed",
    "outer_product",
    "naive_loop",
  ]);
  assert.deepEqual(texts(svg, 'g[aria-description="slower"]')[0], "1.00 ×");
  assert.deepEqual(texts(svg, 'g[aria-description="precision"]'), [
    "float32",
    "float64",
    "float64",
  ]);
  assert.deepEqual(texts(svg, 'g[aria-description="threads"]'), ["1", "1", "1"]);
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
  const svg = parse("ranking", changed);
  const times = texts(svg, 'g[aria-description="time"]');
  assert.match(times[0], /^\d+ ms$/);
  assert.match(times[1], /^≈ \d+ ms$/);
  assert.match(times[2], /^\([\d.]+ s\)$/);
  const dotted = parse("per_example", changed).querySelectorAll(
    "g.series-0[stroke-dasharray] [transform], g.series-0[stroke-dasharray] circle",
  );
  assert.equal(dotted.length, 1);
  assert.match(dotted[0].textContent ?? "", /60,000\ntime per example, predicted: /);
  const caption = plotsOf(changed).find(({ path }) => path === "plots/ranking.svg")!.caption;
  assert.match(caption, /predicted by the scaling law, not measured\. ≈: known to a factor of 2/);
});

test("every size has its label under the axis, and labels do not touch", () => {
  const labels = texts(parse("time"), 'g[aria-label="x-axis tick label"]');
  assert.deepEqual(labels, ["1,000", "2,000", "4,000", "8,000", "16,000", "32,000", "60,000"]);
  const dense = makeRun({ plan: { sizes: Array.from({ length: 40 }, (_, i) => 1000 + 500 * i) } });
  const svg = parse("memory", summarise(dense, makeTrials(dense), "run"));
  const marks = [...svg.querySelectorAll('g[aria-label="x-axis tick label"] text')].map((text) => ({
    x: Number(/translate\(([-\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1]),
    half: widthOf(text.textContent ?? "") / 2,
  }));
  assert.ok(marks.length >= 4);
  marks.slice(1).forEach(({ x, half }, i) =>
    assert.ok(x - half > marks[i].x + marks[i].half, JSON.stringify(marks))
  );
});

test("the baseline has no line of its own in the speedup plot", () => {
  const svg = parse("speedup");
  assert.deepEqual(texts(svg, 'g[aria-description="legend"]'), ["outer_product", "fused_typed"]);
  assert.equal(points(svg, "fused_typed").length, 7);
  assert.equal(points(svg, "naive_loop").length, 0);
});

test("the learning curve is drawn from the fit's formula, not through the points", () => {
  const shifted: Summary = {
    ...summary,
    learningCurves: summary.learningCurves.slice(0, 1).map((curve) => ({
      ...curve,
      fit: { ...curve.fit!, floor: 0.1, scale: 0, decay: 1, residual: 0 },
    })),
  };
  const path = parse("accuracy", shifted).querySelector('g[aria-label="line"] path');
  const heights = [...(path?.getAttribute("d") ?? "").matchAll(/[ML][-\d.]+,([-\d.]+)/g)]
    .map(([, y]) => Number(y));
  assert.ok(heights.length >= 60, String(heights.length));
  assert.equal(new Set(heights).size, 1, "a fit without decay is level");
});

test("loss and accuracy over time show every epoch at the largest size", () => {
  for (const name of ["loss", "accuracy_by_time"]) {
    const svg = parse(name);
    assert.equal(points(svg, "outer_product").length, 3, name);
    assert.ok(texts(svg, "g").some((text) => text.endsWith("m = 60,000")), name);
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
  const svg = parse("speedup_map");
  const fields = [...svg.querySelectorAll('g[aria-label="cell"] rect')];
  assert.equal(fields.length, summary.cells.length);
  const told = texts(svg, 'g[aria-label="text"]');
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
  const svg = parse("accuracy_by_time");
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
  const all = summary.series.flatMap(({ label }) => points(svg, label));
  for (const point of all) {
    const level = corners.filter((corner) => corner.x <= point.x + 0.01).map(({ y }) => y);
    // Upwards is less: a point may touch the stair and not stand above it.
    assert.ok(point.y >= Math.min(...level) - 0.01, JSON.stringify({ point, corners }));
  }
});

test("agreement has a marker for each cell that has an error", () => {
  const svg = parse("agreement");
  const count = summary.cells.filter(({ maxRelativeError }) => maxRelativeError).length;
  const drawn = summary.series.flatMap(({ label }) => points(svg, label));
  assert.equal(drawn.length, count);
});

test("a single size is drawn as single points", () => {
  const one = makeRun({ plan: { sizes: [1000] } });
  const svg = parse("time", summarise(one, makeTrials(one), "run"));
  assert.equal(points(svg, "fused_typed").length, 1);
  assert.doesNotMatch(svg.outerHTML, /NaN/);
});

test("seeds of a series share a colour and an entry in the legend", () => {
  const seeds = makeRun({
    plan: { seeds: [1, 2], implementations: ["naive_loop", "fused_typed"] },
  });
  const svg = parse("per_example", summarise(seeds, makeTrials(seeds), "run"));
  assert.deepEqual(texts(svg, 'g[aria-description="legend"]'), ["naive_loop", "fused_typed"]);
  assert.equal(points(svg, "fused_typed").length, 14);
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

test("axes of values that differ in their last digit alone have ticks", () => {
  for (const values of [[1e6, 1e6 * (1 + 2 ** -52)], [5, 5], [1e-3, 1e-3 * (1 + 1e-12)]]) {
    for (const { ticks, domain: [low, high] } of [logAxis("t", values), linearAxis("t", values)]) {
      assert.ok(ticks.length >= 2 && ticks.length < 20, `${ticks.length} ticks`);
      assert.ok(low < values[0] && values[1] < high);
    }
  }
});
