import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, PLAIN, summaryOf } from "../../tests/support/terminal_lines.ts";
import type { Choice } from "../format/choice.ts";
import type { Summary } from "../format/summary.ts";
import { choiceMatrix } from "./choice_matrix.ts";
import { terminalReport } from "./terminal_report.ts";

type Rival = Choice["rivals"][number];

test("several minibatch sizes give a matrix: who wins where, and by how much", () => {
  const summary = summaryOf({ plan: { batchSizes: [10, 100] } });
  const lines = linesOf(summary, 200);
  assert.match(lines[0], /^✓ fused_typed is fastest in both settings\.$/);
  for (const batch of [10, 100]) {
    const row = lines.find((line) => line.startsWith(`B = ${batch} `)) ?? "";
    assert.equal(row.match(/fused_typed 2\.\d+ ×/g)?.length, 7, row);
  }
});

test("one setting and one size, in several runtimes, need no matrix", () => {
  const ofSizes = (sizes: number[]) =>
    linesOf(summaryOf({ plan: { sizes, runtimes: ["deno", "bun"] } }))
      .some((line) => line.startsWith("What to choose"));
  assert.deepEqual([ofSizes([1000]), ofSizes([1000, 4000])], [false, true]);
});

test("of several networks and minibatch sizes, each has its line in the matrix and its fastest in the table", () => {
  const layers = [[784, 16, 16, 10], [784, 128, 10]];
  const sizes = [1000, 8000, 60_000];
  const lines = linesOf(summaryOf({ plan: { layers, batchSizes: [10, 100, 1000], sizes } }));
  for (const line of lines) assert.ok(line.length <= 80, line);
  const matrix = lines.slice(lines.findIndex((line) => line.startsWith("m = ")));
  assert.deepEqual(matrix.slice(0, 9).map((line) => line.trim().split("  ")[0]), [
    ...["m =", "784-16-16-10", "B = 10", "B = 100", "B = 1000"],
    ...["784-128-10", "B = 10", "B = 100", "B = 1000"],
  ]);
  const rows = lines.filter((line) => /^[✓=≈ ] \w+ · 784-/.test(line));
  assert.equal(rows.length, 12);
  // Two of each of six settings: the fastest and the next.
  assert.deepEqual(rows.map((row) => row[0]), Array(6).fill(["✓", " "]).flat());
  for (const batch of [10, 100, 1000]) {
    assert.equal(rows.filter((row) => row.includes(` · B = ${batch} `)).length, 4, `${batch}`);
  }
});

test("several settings with a single trial each are marked as uncertain, too", () => {
  const summary = summaryOf({ plan: { batchSizes: [10, 100], rounds: 1 } });
  assert.match(linesOf(summary, 200)[0], /^≈ fused_typed seems fastest in both settings\.$/);
  assert.doesNotMatch(terminalReport(summary, PLAIN), /✓/);
});

test("the terminal's matrix and the page's say the same: who is tied, and how far the next is behind", () => {
  const summary = summaryOf({ plan: { batchSizes: [10, 100] } });
  const withRivals = (change: (ratio: number) => Partial<Rival>): Summary => ({
    ...summary,
    choices: summary.choices.map((choice) => ({
      ...choice,
      rivals: choice.rivals.map((rival, i) => i > 0 ? rival : { ...rival, ...change(rival.ratio) }),
    })),
  });
  const cells = (of: Summary) => {
    const matrix = choiceMatrix(of).find((block) => block.kind === "table");
    assert.ok(matrix?.kind === "table");
    return matrix.rows[0].slice(1).map((text) => text.replace("≈", "="));
  };
  const inTerminal = (of: Summary) =>
    linesOf(of, 300).find((line) => line.startsWith("B = 10 "))!.split(/ {2,}/).slice(1);
  // A rival on more threads that is faster is no "next", and takes nothing from a tie behind it.
  const faster = withRivals(() => ({ ratio: 0.93, verdict: "faster", interval: [0.91, 0.95] }));
  assert.deepEqual(cells(faster), inTerminal(faster));
  assert.match(cells(faster)[0], /^fused_typed [67]\.\d+ ×$/);
  const tied = withRivals(() => ({ ratio: 1.02, verdict: "unresolved", interval: [0.9, 1.1] }));
  assert.deepEqual(cells(tied), inTerminal(tied));
  assert.match(cells(tied)[0], /^fused_typed =$/);
});

test("where seven sizes do not fit, a setting is still one line: the choice, and from which m to which", () => {
  const summary = summaryOf({ plan: { batchSizes: [10, 100] } });
  const rows = (of: Summary) => {
    const lines = linesOf(of);
    const from = lines.findIndex((line) => line.startsWith("What to choose"));
    return lines.slice(from, lines.indexOf("", from));
  };
  const [head, ...lines] = rows(summary);
  assert.equal(
    head,
    "What to choose at which m, and how many times as long the next takes (= tied)",
  );
  assert.deepEqual(
    lines.map((line) => line.replaceAll(/\d\.\d+ ×/g, "# ×")),
    [10, 100].map((batch) => `B = ${batch}`.padEnd(9) + "1,000 to 60,000: fused_typed # × to # ×"),
  );
  // Another choice at the two smallest sizes, and a tie at the third, at B = 10 alone.
  const other = summary.series.findIndex((one) => one.implementation !== "fused_typed");
  const changed = summary.choices.map((choice): Choice =>
    choice.batchSize !== 10 || choice.examples > 4000
      ? choice
      : choice.examples < 4000
      ? { ...choice, series: other, rivals: [] }
      : {
        ...choice,
        rivals: choice.rivals.map((one) => ({
          ...one,
          ratio: 1.02,
          verdict: "same",
          interval: [1, 1.05],
        })),
      }
  );
  assert.match(
    rows({ ...summary, choices: changed })[1],
    new RegExp(
      `^B = 10   1,000 to 2,000: ${summary.series[other].implementation}; ` +
        "4,000 to 60,000: fused_typed = to 2\\.\\d+ ×$",
    ),
  );
});

test("settings stand in the order of the plan, also where a program lacks some of them", () => {
  const plan = {
    layers: [[784, 16, 16, 10], [784, 128, 10]],
    batchSizes: [10, 100],
    sizes: [1000],
  };
  const summary = summaryOf({ plan }, (trial) => {
    const { implementation, batchSize, layerSizes } = trial.cell;
    const lacks = implementation === "naive_loop" && batchSize === 10 && layerSizes[1] === 16;
    return lacks ? undefined : trial;
  });
  const lines = linesOf(summary);
  const from = lines.findIndex((line) => line.startsWith("m = "));
  assert.deepEqual(lines.slice(from + 1, from + 7).map((line) => line.trim().split("  ")[0]), [
    ...["784-16-16-10", "B = 10", "B = 100"],
    ...["784-128-10", "B = 10", "B = 100"],
  ]);
});
