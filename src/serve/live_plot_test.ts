import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { brief, soFar } from "./so_far.ts";
import { summarise } from "../summary/summarise.ts";
import { LIGHT } from "../report/palette.ts";
import { livePlot, swatch } from "./live_plot.ts";
import { looksOf } from "../report/plots/looks.ts";
import { perExamplePlot } from "../report/plots/size_plots.ts";

const names = Array.from({ length: 8 }, (_, i) => `one_of_many_${i}`);
const run = makeRun({ plan: { implementations: names, sizes: [1000, 2000], rounds: 1 } });
const trials = makeTrials(run);
const { lines } = soFar(run, trials.map(brief), "finished", 0);

/** The commands of a path without their sizes: in the report markers grow smaller from series to series. */
const shapeOf = (path: string | null | undefined): string =>
  path?.replaceAll(/-?[\d.]+(?:e-\d+)?/g, "#") ?? "circle";

test("every series has the colour and the symbol that it has in the report", () => {
  const report = parseHTML(perExamplePlot.draw(summarise(run, trials, "run"))!).document;
  const live = parseHTML(livePlot(lines, run.plan.sizes)!).document;
  const round = looksOf(["naive_loop"])[0];
  const circle = shapeOf(
    parseHTML(swatch(round)).document.querySelector("path")?.getAttribute("d"),
  );
  const looks = [...live.querySelectorAll("g")].map((g) => {
    const path = g.querySelector("path")!;
    const shape = shapeOf(path.getAttribute("d"));
    return [path.getAttribute("stroke"), shape === circle ? "circle" : shape];
  });
  assert.equal(looks.length, names.length);
  looks.forEach(([stroke, shape], i) => {
    const dots = report.querySelector(`g.series-${i}[aria-label="dot"]`)!;
    const colour = LIGHT.series.indexOf(dots.getAttribute("stroke") ?? "");
    assert.equal(stroke, `var(--series-${colour})`);
    assert.equal(shape, shapeOf(dots.querySelector("path")?.getAttribute("d")), `series ${i}`);
  });
});

test("the axes have titles, and a tick with its unit for each decade", () => {
  const wide = lines.map((line, i) => ({
    ...line,
    cells: [{ examples: 1000, nsPerExample: 10 ** (3 + i % 5), trials: 1 }],
  }));
  const { document } = parseHTML(livePlot(wide, run.plan.sizes)!);
  assert.deepEqual([...document.querySelectorAll("text")].map(({ textContent }) => textContent), [
    "1 µs",
    "10 µs",
    "100 µs",
    "1 ms",
    "10 ms",
    "1,000",
    "2,000",
    "↑ time per example, logarithmic",
    "training examples m (logarithmic) →",
  ]);
});

test("names are escaped, and a copy is not drawn", () => {
  const [line] = lines;
  const html = livePlot([
    { ...line, label: "<b>" },
    { label: "twin", cells: line.cells },
  ], [1000])!;
  assert.ok(!html.includes("<b>"));
  assert.equal(html.match(/<polyline/g)?.length, 1);
  assert.equal(livePlot([{ ...line, cells: [] }], [1000]), undefined);
});
