import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { because, makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { Summary } from "../format/summary.ts";
import { reportPage } from "./html.ts";
import { formatDuration } from "./numbers.ts";
import { verboseReport } from "./terminal_report.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");

const pageOf = (of: Summary): Document => parseHTML(reportPage(of)).document as unknown as Document;

/** Figures and units are tied by spaces that do not break. */
const textOf = (element: Element): string => (element.textContent ?? "").replaceAll("\u00a0", " ");

test("the verdict has at most 15 words, and three tiles hold its figures", () => {
  const document = pageOf(summary);
  const [verdict] = [...document.querySelectorAll(".verdict")].map(textOf);
  assert.match(verdict, /^Choose fused_typed: [67]\.\d\d × the speed of naive_loop\.$/);
  assert.ok(verdict.split(" ").length <= 15);
  const tiles = [...document.querySelectorAll(".tiles > div")].map(textOf);
  assert.equal(tiles.length, 3);
  assert.match(tiles[0], /^per epoch at m = 60,000 examples\d+ ms \[/);
  assert.match(tiles[1], /^set-up1\.50 ms pays off from the first epoch on$/);
  assert.match(tiles[2], /^to 90 % accuracy, with set-upnot reached 89\.84 % after 3 epochs$/);
});

test("what failed stands before the verdict, with the reason and the next step", () => {
  const mine = makeRun({
    plan: { implementations: ["naive_loop", "fused_typed", "mine"], plugins: ["./work/mine.py"] },
  });
  const trials = makeTrials(
    mine,
    (trial) =>
      trial.cell.implementation === "mine"
        ? { ...trial, status: "failed", reasons: because("division by zero") }
        : trial,
  );
  const document = pageOf(summarise(mine, trials, "run"));
  const main = document.querySelector("main")!;
  const order = [...main.children].map(({ className }) => className);
  assert.ok(order.indexOf("failures") >= 0 && order.indexOf("failures") < order.indexOf("verdict"));
  assert.equal(
    textOf(main.querySelector(".failures li")!),
    "✗ mine failed (21 trials): train: division by zero. Next: deno task diagnose mine --plugin ./work/mine.py",
  );
  const trust = [...main.querySelectorAll(".trust a")];
  assert.deepEqual(trust.map(textOf).slice(0, 2), [
    "✓ all 14 cells verified",
    "✗ 21 trials failed",
  ]);
  for (const link of trust) {
    assert.ok(document.querySelector(link.getAttribute("href")!), textOf(link));
  }
});

test("a time that was not measured stands in round brackets in the table of times", () => {
  const [first] = summary.cells;
  const document = pageOf({
    ...summary,
    cells: summary.cells.slice(1),
    predicted: [{ cell: first.cell, series: first.series, nsPerEpoch: first.nsPerEpoch }],
  });
  const cell = document.querySelector(".metric tbody td")!;
  assert.equal(textOf(cell), `(${formatDuration(first.nsPerEpoch.value)})`);
});

test("one program alone is no choice: no matrix, no speedup over itself, no advice", () => {
  const alone = makeRun({ plan: { implementations: ["naive_loop"] } });
  const single = summarise(alone, makeTrials(alone), "run");
  const cells = single.cells.map((one) => ({ ...one, timeTo90Ns: 1e9 }));
  const text = textOf(pageOf({ ...single, cells }).querySelector("main")!);
  assert.match(text, /Only naive_loop was measured: nothing to compare\./);
  assert.doesNotMatch(
    text,
    /What to choose|Choose naive|Speedup over|baseline itself|of 1 program/,
  );
  const printed = verboseReport({ ...single, cells }, { width: 100, color: false });
  assert.doesNotMatch(printed, /Choose naive|Speedup over|baseline itself/);
});

test("a figure that is known to a factor of 2 at best is marked in its tile, too", () => {
  const [one] = summary.choices.slice(-1);
  const cells = summary.cells.map((cell) =>
    cell.series === one.series ? { ...cell, marks: [{ kind: "one-sample" as const }] } : cell
  );
  const [tile] = pageOf({ ...summary, cells }).querySelectorAll(".tiles > div");
  assert.match(textOf(tile), /examples≈ \d+ ms /);
});
