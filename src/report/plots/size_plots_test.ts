import assert from "node:assert/strict";
import { test } from "node:test";
import { plotOf, pointsOf, textsOf } from "../../../tests/support/plot_elements.ts";
import { makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../summary/summarise.ts";
import { linearAxis, logAxis } from "./axis.ts";
import { widthOf } from "./text_width.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");

test("time per epoch has a marker and a bar for each cell, and the exponent in the legend", () => {
  const svg = plotOf(summary, "time");
  for (const { series, exponent } of summary.scalingLaws) {
    const label = `${summary.series[series].label}: k = ${exponent.value.toFixed(3)}`;
    assert.equal(pointsOf(svg, label).length, 7, label);
    assert.ok(textsOf(svg, 'g[aria-description="legend"]').includes(label), label);
  }
  assert.equal(svg.querySelectorAll('g[aria-label="rule"] line').length, 21);
  assert.ok(textsOf(svg, "g").includes("↑ time per epoch, logarithmic"));
  assert.deepEqual(textsOf(svg, 'g[aria-label="y-axis tick label"]'), [
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
  const svg = plotOf(summary, "time");
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
  const svg = plotOf(summary, "per_example");
  const guides = textsOf(svg, 'g[aria-description="guide"]');
  assert.deepEqual(guides, ["L2 1 MiB", "L3 32 MiB"]); // L1d is outgrown below 1,000
  const xOf = (label: string) =>
    Number(
      /translate\(([\d.]+)/.exec(
        [...svg.querySelectorAll('g[aria-description="guide"] text')]
          .find(({ textContent }) => textContent === label)!.getAttribute("transform")!,
      )![1],
    );
  const marks = pointsOf(svg, "naive_loop");
  // 785 bytes each, beside 105 kB of parameters and as much of gradient in float64: 1,069 and 42,475 examples.
  assert.ok(xOf("L2 1 MiB") > marks[0].x && xOf("L2 1 MiB") < marks[1].x);
  assert.ok(xOf("L3 32 MiB") > marks[5].x && xOf("L3 32 MiB") < marks[6].x);
});

test("markers on logarithmic axes stand where the figures say", () => {
  const [law] = summary.scalingLaws;
  const svg = plotOf(summary, "time");
  const found = pointsOf(svg, `naive_loop: k = ${law.exponent.value.toFixed(3)}`);
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
  const [svg, plain] = [plotOf(wide, "per_example"), plotOf(summary, "per_example")];
  const ticks = (of: Element) => textsOf(of, 'g[aria-label="y-axis tick label"]');
  assert.ok(ticks(svg).length > 0 && ticks(svg).length <= ticks(plain).length + 2);
  assert.ok(!ticks(svg).some((text) => text.endsWith(" s") || text.endsWith("ns")));
  assert.equal(svg.querySelectorAll('g[aria-description="arrow"] path').length, 2);
  assert.equal(plain.querySelectorAll('g[aria-description="arrow"] path').length, 0);
});

test("every size has its label under the axis, and labels do not touch", () => {
  const labels = textsOf(plotOf(summary, "time"), 'g[aria-label="x-axis tick label"]');
  assert.deepEqual(labels, ["1,000", "2,000", "4,000", "8,000", "16,000", "32,000", "60,000"]);
  const dense = makeRun({ plan: { sizes: Array.from({ length: 40 }, (_, i) => 1000 + 500 * i) } });
  const svg = plotOf(summarise(dense, makeTrials(dense), "run"), "memory");
  const marks = [...svg.querySelectorAll('g[aria-label="x-axis tick label"] text')].map((text) => ({
    x: Number(/translate\(([-\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1]),
    half: widthOf(text.textContent ?? "") / 2,
  }));
  assert.ok(marks.length >= 4);
  marks.slice(1).forEach(({ x, half }, i) =>
    assert.ok(x - half > marks[i].x + marks[i].half, JSON.stringify(marks))
  );
});

test("a single size is drawn as single points", () => {
  const one = makeRun({ plan: { sizes: [1000] } });
  const svg = plotOf(summarise(one, makeTrials(one), "run"), "time");
  assert.equal(pointsOf(svg, "fused_typed").length, 1);
  assert.doesNotMatch(svg.outerHTML, /NaN/);
});

test("axes of values that differ in their last digit alone have ticks", () => {
  for (const values of [[1e6, 1e6 * (1 + 2 ** -52)], [5, 5], [1e-3, 1e-3 * (1 + 1e-12)]]) {
    for (const { ticks, domain: [low, high] } of [logAxis("t", values), linearAxis("t", values)]) {
      assert.ok(ticks.length >= 2 && ticks.length < 20, `${ticks.length} ticks`);
      assert.ok(low < values[0] && values[1] < high);
    }
  }
});
