import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import type { Summary } from "../format/summary.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { summarise } from "../summary/summarise.ts";
import { formatDuration, formatPercent } from "./numbers.ts";
import { terminalReport } from "./terminal_report.ts";

const PLAIN = { width: 80, color: false };

const linesOf = (summary: Summary, width = 80): string[] =>
  terminalReport(summary, { width, color: false }).split("\n");

/** The text on one line, as far as the first table. */
const answerOf = (summary: Summary): string =>
  terminalReport(summary, PLAIN).split("\nmnist")[0].replaceAll(/\s+/g, " ");

function summaryOf(
  plan: Parameters<typeof makeRun>[0] = {},
  change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial,
): Summary {
  const run = makeRun(plan);
  return summarise(run, makeTrials(run, change), "run");
}

test("a usual run fits on a screen: at most 30 lines of 80 characters, the answer first", () => {
  const names = Array.from({ length: 9 }, (_, i) => `implementation_${i}`);
  const usual = summaryOf({ plan: { implementations: names, baseline: names[0] } });
  for (const summary of [summaryOf(), usual]) {
    const lines = linesOf(summary);
    assert.ok(lines.length <= 30, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.match(lines[0], /^[✓≈] /);
  }
  assert.match(
    linesOf(summaryOf())[0],
    /^✓ fused_typed is fastest for 3 epochs at m = 60,000 examples: /,
  );
});

test("the answer gives the speed over the baseline, the next one, and what is best elsewhere", () => {
  assert.match(
    answerOf(summaryOf()),
    /[67]\.\d+ × the speed of naive_loop per epoch\. The next, outer_product, takes 2\.\d+ × its time in all\./,
  );
  assert.match(answerOf(summaryOf()), /The same at every smaller m\./);
});

test("set-up decides for few epochs, and the answer says from how many on another is best", () => {
  const summary = summaryOf({}, (trial) => ({
    ...trial,
    durations: {
      ...trial.durations!,
      openNs: trial.cell.implementation === "fused_typed" ? 30e9 : 1e6,
    },
  }));
  // 60,000 × (12 − 5) µs = 0.42 s saved per epoch: 30 s pay off after some 70 epochs.
  assert.match(
    answerOf(summary),
    /✓ outer_product is fastest for 3 epochs .* From 7\d epochs on, fused_typed takes less in all\./,
  );
});

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

test("what is faster on more threads and not chosen is said to be so", () => {
  const summary = summaryOf();
  const choices = summary.choices.map((choice) => ({
    ...choice,
    fastest: choice.rivals[0].series,
    rivals: choice.rivals.map((rival) => ({ ...rival, ratio: 0.95, verdict: "faster" as const })),
  }));
  const answer = answerOf({ ...summary, choices });
  assert.match(answer, /^✓ Choose fused_typed for 3 epochs .* takes 0\.950 × its time in all\./);
  assert.doesNotMatch(answer, /is fastest/);
});

test("a single trial proves nothing, and no headline claims more or contradicts itself", () => {
  const summary = summaryOf(
    { plan: { rounds: 1 } },
    (trial) => trial.round > 1 ? undefined : trial,
  );
  const answer = answerOf(summary);
  assert.match(answer, /^≈ fused_typed seems fastest/);
  assert.match(answer, /One trial of each proves nothing: take more --rounds\./);
  assert.doesNotMatch(answer, /too close to call|✓/);
});

test("programs as fast as each other are tied in the headline, and none is called best", () => {
  const summary = summaryOf(
    { plan: { implementations: ["a", "b"], baseline: "a" } },
    (trial) => ({ ...trial, samplesNs: trial.samplesNs.map(() => trial.cell.examples * 1000) }),
  );
  assert.match(
    answerOf(summary),
    /^≈ Too close to call for 3 epochs at m = 60,000 examples: [ab] and [ab]\./,
  );
  assert.doesNotMatch(terminalReport(summary, PLAIN), /✓/);
});

test("failed and wrong programs come first, with the reason and what to do next", () => {
  const failing = summaryOf({}, (trial) =>
    trial.cell.implementation !== "outer_product" ? trial : {
      ...trial,
      status: "failed",
      reasons: because("no memory for this"),
      samplesNs: [],
    });
  const [first, second] = linesOf(failing, 200);
  assert.match(
    first,
    /^✗ outer_product failed \(\d+ trials\): train: no memory for this\. Next: .*/,
  );
  assert.match(first, /diagnose outer_product/);
  assert.equal(second, "");
  const wrong = summaryOf(
    { plan: { keepWrong: true } },
    (trial) =>
      trial.cell.implementation !== "fused_typed" ? trial : {
        ...trial,
        verification: { verdict: "wrong", tolerance: 1e-6 },
      },
  );
  assert.match(linesOf(wrong, 200)[0], /^✗ fused_typed: its gradient is wrong/);
  const row = linesOf(wrong).find((line) => line.includes("fused_typed (wrong)"));
  assert.match(row ?? "", /^✗/);
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

test("times in proportion to m are said to be so; who grows otherwise is named", () => {
  const summary = summaryOf();
  const growth = (all: Summary) => linesOf(all).find((line) => line.startsWith("Growth:"));
  assert.match(growth(summary)!, /^Growth: in proportion to m \(time ∝ mᵏ, k (= |from )[\d.]+/);
  const scalingLaws = summary.scalingLaws.map((law, i) =>
    i > 0 ? law : { ...law, exponent: { ...law.exponent, value: 2, low: 1.9, high: 2.1 } }
  );
  const { label } = summary.series[scalingLaws[0].series];
  assert.ok(growth({ ...summary, scalingLaws })!.endsWith(`to 2.00 (${label}).`));
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
  const lines = linesOf(summary);
  assert.ok(lines.every((line) => line.length <= 80));
  assert.ok(lines.includes(
    "⚠ fused_threads used 1 of its 2 threads at B = 10, so it ran fused_typed's code",
  ));
});

test("programs in a warning are listed as in speech, and counted where they are many", () => {
  const unsteady = (implementations: string[]): string => {
    const warning = { kind: "unsteady", went: "slowdown", trials: 5, implementations } as const;
    return linesOf({ ...summaryOf(), warnings: [warning] }).find((line) => line.startsWith("⚠"))!;
  };
  assert.equal(unsteady(["a"]), "⚠ 5 trials of a became slower");
  assert.equal(unsteady(["a", "b", "c"]), "⚠ 5 trials of a, b and c became slower");
  const long = ["naive_loop", "outer_product", "fused_typed", "wasm_threads"];
  assert.equal(unsteady(long), "⚠ 5 trials of 4 programs became slower");
});

test("a command to go on is never cut, however long the name of the run", () => {
  const name = "20261128T124402Z-a-host-with-a-name-of-its-own-in-a-long-domain";
  const run = makeRun({
    sessions: [{
      startedAt: "2026-03-01T10:00:00.000Z",
      finishedAt: "2026-03-01T10:02:15.000Z",
      ended: "interrupted",
    }],
  });
  const trials = makeTrials(run).slice(0, 30);
  const text = terminalReport(summarise({ ...run, trials: 63 }, trials, name), PLAIN);
  assert.match(text, /⚠ interrupted after 30 of 63 trials; to go on: deno task bench --resume\n/);
  assert.ok(text.includes(`\n  ${name}\n`), text);
});

test("where nothing was measured, the first line says why", () => {
  const overBudget = summaryOf({}, (trial) => ({
    ...trial,
    status: "skipped",
    samplesNs: [],
    reasons: [{ kind: "over-budget", predictedNs: 9e9, leftNs: 1e9, neededNs: 8e9 }],
  }));
  assert.match(
    answerOf(overBudget),
    /^Nothing was measured: no trial fits into the budget\. Raise --/,
  );
  const failed = summaryOf({}, (trial) => ({
    ...trial,
    status: "failed",
    samplesNs: [],
    reasons: because("broke"),
  }));
  assert.match(answerOf(failed), /^✗ .* Nothing was measured\. *$/);
  const stopped = makeRun({
    sessions: [{
      startedAt: "2026-03-01T10:00:00.000Z",
      finishedAt: "2026-03-01T10:00:03.000Z",
      ended: "interrupted",
    }],
  });
  assert.match(
    answerOf(summarise(stopped, [], "run")),
    /^Nothing was measured: it was interrupted/,
  );
});

test("where only set-up makes it close, the speed per epoch says so", () => {
  const close = (share: number) =>
    answerOf(summaryOf(
      { plan: { implementations: ["naive_loop", "fused_typed"] } },
      (trial) => ({
        ...trial,
        durations: {
          ...trial.durations!,
          openNs: trial.cell.implementation === "fused_typed"
            ? share * trial.cell.examples * 90_000 * (1 + 0.3 * (trial.round - 2))
            : 1e6,
        },
      }),
    ));
  assert.match(
    close(0.9),
    /^≈ Too close to call .* Per epoch, fused_typed has [67]\.\d+ × the speed of naive_loop\./,
  );
  assert.match(close(1), /^≈ Too close to call/);
  assert.doesNotMatch(close(1), /It is the baseline/);
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

test("with several runtimes, a sentence says whether the winner depends on them", () => {
  const pace: Record<string, number> = { "fused_typed bun": 2, "outer_product bun": 0.2 };
  const told = (factor: (key: string) => number) =>
    terminalReport(
      summaryOf({ plan: { runtimes: ["deno", "bun"] } }, (trial) => {
        const { implementation, runtime } = trial.cell;
        const times = factor(`${implementation} ${runtime}`);
        return { ...trial, samplesNs: trial.samplesNs.map((ns) => ns * times) };
      }),
      { width: 200, color: false },
    );
  assert.match(
    told((key) => pace[key] ?? 1),
    /^The winner depends on the runtime at m = 60,000: fused_typed in deno, outer_product in bun/m,
  );
  assert.match(told(() => 1), /^How programs compare does not visibly depend on the runtime/m);
});

test("several minibatch sizes give a matrix: who wins where, and by how much", () => {
  const summary = summaryOf({ plan: { batchSizes: [10, 100] } });
  const lines = linesOf(summary, 200);
  assert.match(lines[0], /^✓ fused_typed is fastest in both settings\.$/);
  for (const batch of [10, 100]) {
    const row = lines.find((line) => line.startsWith(`B = ${batch} `)) ?? "";
    assert.equal(row.match(/fused_typed 2\.\d+ ×/g)?.length, 7, row);
  }
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

test("a cell that got fewer rounds than planned is not called unmeasured", () => {
  const told = (skips: (trial: TrialRecord) => boolean) =>
    linesOf(
      summaryOf({}, (trial) =>
        !skips(trial) || trial.cell.implementation !== "naive_loop" ? trial : {
          ...trial,
          status: "skipped",
          reasons: tooLong(9),
          samplesNs: [],
        }),
    ).join("\n");
  assert.match(
    told(({ round }) => round > 1),
    /⚠ fewer rounds, beyond the budget: 7 cells of naive_loop/,
  );
  assert.match(told(() => true), /⚠ not measured, beyond the budget: 7 cells of naive_loop/);
});

test("warnings are one line each", () => {
  const run = makeRun({ data: { synthetic: true, name: "synthetic" }, plan: { rounds: 1 } });
  const summary = summarise(run, makeTrials(run), "run");
  const marked = terminalReport(summary, PLAIN).split("\n").filter((line) => line.startsWith("⚠"));
  assert.ok(marked.length >= 1);
  assert.match(marked[0], /^⚠ synthetic digits, not MNIST/);
});
