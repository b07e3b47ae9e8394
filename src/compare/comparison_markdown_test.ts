import assert from "node:assert/strict";
import { test } from "node:test";
import { makeComparison } from "../../tests/support/comparisons.ts";
import { comparisonMarkdown } from "./comparison_markdown.ts";
import { ratioLines } from "./ratio_lines.ts";

test("the verdict comes first, then the plot, then the figures", () => {
  const markdown = comparisonMarkdown(makeComparison());
  const places = ["**✗ slower: of 4 cells", "A is run-a", "```\n", "<details>", "| series |"]
    .map((text) => markdown.indexOf(text));
  assert.ok(places.every((place) => place >= 0), markdown);
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
});

test("what became wrong stands above the ratios", () => {
  const comparison = makeComparison();
  const [{ cell }] = comparison.cells;
  const refused = [{
    cell,
    reason: { kind: "wrong" as const, fault: { kind: "wrong-gradient" as const } },
  }];
  const markdown = comparisonMarkdown({ ...comparison, refused, wrongCells: 1 });
  const wrong = markdown.indexOf("its gradient is wrong in B");
  assert.ok(wrong > 0 && wrong < markdown.indexOf("```"), markdown);
});

test("the plot has a row for each cell, what changed most first, on a scale around 1", () => {
  const [axis, ...rows] = ratioLines(makeComparison());
  assert.match(axis, /0\.\d+ +1 +1\.\d+ +B \/ A$/);
  assert.deepEqual(rows.map((row) => row.split(" ")[1]), [
    ...["naive_loop", "outer_product", "sparse_typed", "fused_typed"],
  ]);
  const one = axis.indexOf(" 1 ") + 1;
  const dots = rows.map((row) => row.indexOf("●"));
  assert.ok(dots[0] > one && dots[1] < one && dots[2] > one, rows.join("\n"));
  assert.ok(Math.abs(dots[3] - one) <= 1, "a ratio of 1.001 lies in the middle");
  assert.match(rows[0], /^✗ naive_loop .*─●─.* 1\.500 × \[1\.400, 1\.600\]$/);
});

test("an interval without an end reaches to the margin", () => {
  const comparison = makeComparison();
  const [first, ...others] = comparison.cells;
  const wide = { ...first, interval: [1e-9, Infinity] as [number, number] };
  const rows = ratioLines({ ...comparison, cells: [wide, ...others] });
  assert.match(rows[1], /─{10,}┼─*●─+/);
});
