import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { makeComparison } from "../../tests/support/comparisons.ts";
import { comparisonPage } from "./comparison_page.ts";
import { ratioPlot } from "./ratio_plot.ts";

const comparison = makeComparison();
const { document } = parseHTML(comparisonPage(comparison));
/** Figures and units are tied by spaces that do not break. */
const textOf = (selector: string) =>
  (document.querySelector(selector)?.textContent ?? "").replaceAll("\u00a0", " ");

test("both runs stand in the title, the verdict in the first line", () => {
  assert.equal(textOf("h1"), "run-b against run-a");
  assert.equal(
    textOf(".verdict"),
    "✗ slower: of 4 cells 1 slower, 1 faster, 1 same, 1 unresolved; 1 not compared.",
  );
});

test("each cell has its times, ratio, interval and verdict, by word, mark and colour", () => {
  const rows = [...document.querySelectorAll("#plot-ratios ~ *, table")].length;
  assert.ok(rows > 0);
  const cells = [...document.querySelectorAll("table")][0];
  const texts = [...cells.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map(({ textContent }) => textContent)
  );
  assert.deepEqual(texts[0], [
    "naive_loop",
    "1,000",
    "✗ slower",
    "100 ms",
    "150 ms",
    "1.500 × [1.400, 1.600]",
    "3, 3",
    "",
  ]);
  assert.deepEqual(
    [...cells.querySelectorAll("tbody td[class^=verdict]")].map(({ className }) => className),
    ["verdict-slower", "verdict-faster", "verdict-same", "verdict-unresolved"],
  );
});

test("the plot has a marker and an interval for each cell, a shape for each verdict", () => {
  const shapes = [0, 1, 2, 3].map((index) =>
    document.querySelector(`figure svg g.series-${index} path`)?.getAttribute("d")
  );
  assert.equal(new Set(shapes).size, 4, shapes.join(" | "));
  assert.equal(
    document.querySelectorAll("figure .roomy g.series line").length,
    4,
  );
  // The slower one lies right of 1, the faster one left of it.
  const place = (index: number) =>
    Number(
      /translate\(([\d.]+)/.exec(
        document.querySelector(`figure svg g.series-${index} path`)!
          .getAttribute("transform")!,
      )![1],
    );
  assert.ok(place(2) < place(0) && place(0) < place(1));
});

test("verdicts are switched without a field for words, which would hide every mark", () => {
  assert.equal(document.querySelectorAll(".switches button[data-series]").length, 4);
  assert.equal(document.querySelectorAll(".switches input").length, 0);
});

test("the axis comes from the ratios: an interval that leaves it ends in an arrow", () => {
  const [first, ...others] = comparison.cells;
  const svg = ratioPlot({
    ...comparison,
    cells: [{ ...first, interval: [1e-4, 1e4] }, ...others],
  });
  assert.equal(svg.match(/<g [^>]*aria-description="arrow"[^>]*>/g)?.length, 2);
  const ticks = parseHTML(svg).document.querySelectorAll('g[aria-label="x-axis tick label"] text');
  for (const { textContent } of ticks) {
    assert.ok(Number(textContent) > 0.1 && Number(textContent) < 10, textContent ?? "");
  }
  assert.ok(ticks.length >= 2);
});

test("what is wrong in B stands before the verdict", () => {
  const { cell } = comparison.cells[0];
  const html = comparisonPage({
    ...comparison,
    refused: [{ cell, reason: { kind: "wrong", fault: { kind: "wrong-gradient" } } }],
  });
  const failures = html.indexOf('class="failures"');
  assert.ok(failures > 0 && failures < html.indexOf('class="verdict"'));
});

test("names are escaped, and what was not compared is reported", () => {
  const bad = '<img src=x onerror="alert(1)">';
  const html = comparisonPage({
    ...comparison,
    a: { run: bad },
    cells: comparison.cells.map((one) => ({ ...one, label: bad })),
  });
  assert.ok(!html.includes("<img"));
  assert.match(textOf("main"), /fused_typed · deno · m = 8,000: only in A/);
});
