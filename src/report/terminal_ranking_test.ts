import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, linesOf, summaryOf } from "../../tests/support/terminal_lines.ts";
import type { Summary } from "../format/summary.ts";
import { formatDuration, formatPercent } from "./numbers.ts";

test("rows are in the order of what they take in all, and the choice stands before what it is tied with", () => {
  const summary = summaryOf(
    { plan: { implementations: ["a", "b", "c", "slow_start"], baseline: "c" } },
    (trial) => {
      const { implementation, examples } = trial.cell;
      const pace = { a: 1000, b: 1000, c: 9000, slow_start: 100 }[implementation]!;
      const luck = { a: [1, 1.02, 0.99], b: [1.01, 0.99, 1.005] }[implementation]
        ?.[trial.round - 1];
      const ns = examples * pace * (luck ?? 1);
      const openNs = implementation === "slow_start" ? 30e9 : 1e6;
      return {
        ...trial,
        samplesNs: trial.samplesNs.map((_, i) => ns * (1 + 0.001 * (i % 3))),
        durations: { ...trial.durations!, openNs },
      };
    },
  );
  const [choice] = summary.choices.slice(-1);
  const [chosen, tied] = choice.series === 0 ? ["a", "b"] : ["b", "a"];
  assert.match(
    answerOf(summary),
    new RegExp(
      `^✓ ${chosen} is fastest for 3 epochs at m = 60,000 examples, tied with ${tied}: \\d+ ms \\(`,
    ),
  );
  const names = linesOf(summary).flatMap((line) => /^[✓=≈ ] (\w+) .*%$/.exec(line)?.[1] ?? []);
  assert.deepEqual(names, [chosen, tied, "c", "slow_start"]);
});

test("the table has every program at the largest m: time, × baseline, set-up, accuracy, what it is", () => {
  const summary = summaryOf();
  const lines = linesOf(summary, 120);
  for (const { cell, nsPerEpoch, speedup, testAccuracy } of summary.cells) {
    if (cell.examples < 60_000) continue;
    const row = lines.find((line) => line.slice(2).startsWith(`${cell.implementation}  `)) ?? "";
    for (const text of [formatDuration(nsPerEpoch.value), formatPercent(testAccuracy)]) {
      assert.ok(row.includes(text), `${text}: ${row}`);
    }
    assert.match(row, new RegExp(`${speedup!.value.toPrecision(3)} ×`));
  }
  const head = (all: readonly string[]) => all.find((line) => line.startsWith("m = 60,000"))!;
  assert.match(head(lines), /accuracy$/, "no column without a word in it");
  const told = { ...summary, series: summary.series.map((one) => ({ ...one, summary: "loops" })) };
  assert.match(head(linesOf(told, 120)), /what it is$/);
  assert.equal(linesOf(told, 120).filter((line) => line.endsWith("  loops")).length, 3);
});

test("where no column has the accuracy, the line below the table says from where to where it lies", () => {
  const summary = summaryOf(
    {},
    (trial) => ({ ...trial, cell: { ...trial.cell, precision: "float32" } }),
  );
  const cells = summary.cells.map((one, i) => ({ ...one, testAccuracy: 0.9 + i / 1000 }));
  const here = cells.filter(({ cell }) => cell.examples === 60_000).map((one) => one.testAccuracy);
  const [low, high] = [Math.min(...here), Math.max(...here)].map((one) => formatPercent(one));
  const narrow = linesOf({ ...summary, cells }, 64);
  assert.ok(
    narrow.some((line) => line.endsWith(`test accuracy ${low} to ${high}`)),
    narrow.join("\n"),
  );
  assert.ok(!linesOf({ ...summary, cells }, 120).some((line) => line.includes("test accuracy")));
});

test("a line names who else ran its code where there is room; the warning does at 80 columns, too", () => {
  const found = summaryOf();
  const summary: Summary = {
    ...found,
    series: found.series.map((one) =>
      one.implementation === "fused_typed" ? { ...one, sameCode: ["fused_threads"] } : one
    ),
    warnings: [{
      kind: "idle-threads",
      implementation: "fused_threads",
      threadsUsed: 1,
      threads: 2,
      batchSizes: [10],
      sameCode: "fused_typed",
    }],
  };
  assert.match(linesOf(summary, 120).join("\n"), /^✓ fused_typed \(= fused_threads\) /m);
  const narrow = linesOf(summary, 72).join("\n");
  assert.match(narrow, /^✓ fused_typed +\d/m);
  assert.match(narrow, /fused_typed\s+also\s+stands\s+for\s+fused_threads/);
  const lines = linesOf(summary);
  assert.ok(lines.every((line) => line.length <= 80));
  assert.ok(lines.includes(
    "⚠ fused_threads used 1 of its 2 threads at B = 10, so it ran fused_typed's code",
  ));
});

test("a predicted time stands in brackets, and so does the speed over a predicted baseline", () => {
  const summary = summaryOf(
    {},
    (trial) =>
      trial.cell.implementation === "naive_loop" && trial.cell.examples > 16_000
        ? undefined
        : trial,
  );
  const lines = linesOf(summary);
  assert.match(lines.find((line) => line.startsWith("  naive_loop"))!, /\(2\.\d+ s\) +1\.00 ×/);
  assert.match(lines.find((line) => line.startsWith("✓ fused_typed  "))!, /\([67]\.\d+ ×\)/);
  assert.match(lines.join("\n"), /\( \) predicted from smaller m/);
  assert.match(
    answerOf(summary),
    /About [67]\.\d+ × the speed per epoch that is predicted for naive_loop\./,
  );
  assert.match(lines.join("\n"), /⚠ predicted, not measured: 2 cells of naive_loop/);
});

test("a figure whose interval says next to nothing is marked, and has no ±", () => {
  const summary = summaryOf();
  const cells = summary.cells.map((one) => ({
    ...one,
    marks: one.cell.implementation === "fused_typed"
      ? [{ kind: "imprecise" as const, factor: 3 }]
      : [],
  }));
  const row = linesOf({ ...summary, cells }).find((line) => line.startsWith("✓ fused_typed  "))!;
  assert.match(row, /≈ \d/);
  assert.doesNotMatch(row, /±/);
});

test("where figures stand below the names, a name without a mark is indented like the others", () => {
  const names = linesOf(summaryOf(), 40).filter((line) =>
    /^.{0,2}\w+_(loop|product|typed)$/.test(line)
  );
  assert.deepEqual(names, ["✓ fused_typed", "  outer_product", "  naive_loop"]);
});

test("a speed far below the baseline's is a fraction, and the null twin has its line", () => {
  const found = summaryOf({ plan: { sizes: [4000] } });
  const [{ cell }] = found.cells;
  const summary: Summary = {
    ...found,
    cells: found.cells.map((one) =>
      one.cell.implementation === "fused_typed"
        ? { ...one, speedup: { ...one.speedup!, value: 0.0278 }, speedupVerdict: "slower" as const }
        : one
    ),
    noiseFloor: {
      implementation: "naive_loop",
      floor: 0.026,
      cells: [{ cell, ratio: 1.026, rounds: 3 }],
    },
  };
  const text = linesOf(summary, 120).join("\n");
  assert.match(text, /^. fused_typed .* 1\/36\.0 × /m);
  assert.match(text, /^The null twin, a second copy of naive_loop .* differed by 2\.6 %/m);
});
