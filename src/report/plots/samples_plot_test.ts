import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { makeRun, makeTrials } from "../../../tests/support/trials.ts";
import { summarise } from "../../summary/summarise.ts";
import type { TrialRecord } from "../../format/trial_record.ts";
import { samplesPlot } from "./samples_plot.ts";

const run = makeRun({ plan: { sizes: [1000, 2000] } });

function drawn(change: (trial: TrialRecord) => TrialRecord = (trial) => trial, of = run) {
  const trials = makeTrials(of, change);
  const summary = summarise(of, trials, "run");
  const svg = samplesPlot.draw(summary, { name: "run", run: of, trials });
  return { summary, trials, svg };
}

const parsed = (svg: string | undefined): Document =>
  parseHTML(`<html><body>${svg}</body></html>`).document as unknown as Document;

/** The places of each line, by what its tooltip says. */
function lines(svg: string | undefined): Map<string, { x: number; y: number }[]> {
  const paths = [
    ...parsed(svg).querySelectorAll('g.series g[aria-label="line"] path, g.series path'),
  ];
  return new Map(paths.map((path) => [
    path.querySelector("title")?.textContent ?? "",
    [...(path.getAttribute("d") ?? "").matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)]
      .map(([, x, y]) => ({ x: Number(x), y: Number(y) })),
  ]));
}

test("every trial is a line with a point for each sample, in their order", () => {
  const steady = Array.from({ length: 12 }, (_, i) => 5e6 * (1 + 0.01 * i));
  const { svg, trials } = drawn((trial) => ({ ...trial, epochsPerSample: 1, samplesNs: steady }));
  const found = lines(svg);
  assert.equal(found.size, trials.length);
  for (const [name, points] of found) {
    assert.equal(points.length, 12, name);
    assert.match(name, /^\w+\nm: [12],000\nround [123]: 12 samples, \d+ of them warm-up$/);
    points.slice(1).forEach(({ x, y }, i) => assert.ok(x > points[i].x && y < points[i].y, name));
  }
});

test("warm-up is shaded as wide as its share of the samples", () => {
  const levels = [9e6, 7e6, 6e6, ...Array.from({ length: 15 }, (_, i) => 4e6 + 1e4 * (i % 3))];
  const { svg, summary } = drawn((trial) =>
    trial.cell.implementation === "naive_loop" && trial.cell.examples === 1000 && trial.round === 1
      ? { ...trial, epochsPerSample: 1, samplesNs: levels }
      : trial
  );
  assert.deepEqual(summary.cells[0].warmups[0], { round: 1, samples: 3 });
  const [shade] = parsed(svg).querySelectorAll('g[aria-description="warm-up"] rect');
  const [left, width] = ["x", "width"].map((name) => Number(shade.getAttribute(name)));
  const line = [...lines(svg)].find(([name]) => name.includes("18 samples, 3 of them warm-up"))![1];
  assert.equal(line.length, 18);
  // The first steady sample lies right of the shade, the last of them warm-up in it.
  assert.ok(line[2].x < left + width && line[3].x > left + width);
  assert.ok(line[0].x > left);
});

test("of more samples than there is room for the extremes stay", () => {
  const many = Array.from({ length: 5000 }, (_, i) => i === 3210 ? 8e6 : i === 777 ? 3e6 : 5e6);
  const { svg } = drawn((trial) => ({ ...trial, epochsPerSample: 1, samplesNs: many }));
  for (const [name, points] of lines(svg)) {
    assert.ok(points.length < 600, `${name}: ${points.length}`);
    const ys = points.map(({ y }) => y);
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    assert.equal(ys.filter((y) => y === top).length, 1, "the slow one");
    assert.equal(ys.filter((y) => y === bottom).length, 1, "the fast one");
    assert.ok(points.find(({ y }) => y === top)!.x > points.find(({ y }) => y === bottom)!.x);
  }
});

test("sorted samples have no order to be drawn, and without raw samples there is nothing", () => {
  const sorted = makeRun({ plan: { sizes: [1000], engine: "mitata" } });
  assert.equal(drawn(undefined, sorted).svg, undefined);
  assert.equal(samplesPlot.draw(drawn().summary), undefined);
});

test("a clock that saw nothing leaves no NaN behind, nor a name its markup", () => {
  const evil = "<b>&";
  const named = makeRun({ plan: { sizes: [1000], implementations: [evil], baseline: evil } });
  const { svg } = drawn((trial) => ({ ...trial, samplesNs: [0, 5e6, 0, 5e6, 5e6] }), named);
  assert.doesNotMatch(svg!, /NaN|<b>/);
  assert.match(svg!, /&lt;b&gt;&amp;/);
});
