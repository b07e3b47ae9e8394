import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "./summarise.ts";

/** `wasm_threads` with one and with two threads at two sizes; at the smaller it uses one whatever it is given. */
function threadedRun(batchSize: number, threads: readonly number[]) {
  const sizes = [1000, 2000];
  const run = makeRun({
    plan: { implementations: ["naive_loop", "wasm_threads"], sizes, threads: [...threads] },
  });
  const trials = [
    ...makeTrials(makeRun({ plan: { implementations: ["naive_loop"], sizes } })),
    ...threads.flatMap((count) =>
      makeTrials(makeRun({ plan: { implementations: ["wasm_threads"], sizes } })).map((trial) =>
        makeTrial({
          cell: { ...trial.cell, batchSize, threads: count },
          round: trial.round,
          threadsUsed: trial.cell.examples === 1000 || batchSize < 96 ? 1 : count,
          epochNs: trial.cell.examples * 3000,
        })
      )
    ),
  ];
  return summarise(run, trials, "run");
}

test("cells that ran the same code with as many threads are one line, named by the threads that ran", () => {
  const { series, cells, choices, warnings } = threadedRun(10, [1, 2]);
  assert.deepEqual(series.map(({ label }) => label), ["naive_loop", "wasm_threads"]);
  assert.equal(cells.length, 4);
  for (const { series: chosen, rivals } of choices) {
    assert.ok(rivals.every((rival) => rival.series !== chosen), "nothing is tied with itself");
  }
  const idle = warnings.find(({ kind }) => kind === "idle-threads");
  assert.deepEqual(idle, {
    kind: "idle-threads",
    implementation: "wasm_threads",
    threadsUsed: 1,
    threads: 2,
    batchSizes: [10],
  });
});

test("where two threads were given and one ran, the label and the choice say one", () => {
  const { series } = threadedRun(10, [2]);
  assert.deepEqual(series.map(({ label, threads, threadsUsed }) => [label, threads, threadsUsed]), [
    ["naive_loop", 1, 1],
    ["wasm_threads", 2, 1],
  ]);
});

test("a series that used two threads at some sizes keeps its line there", () => {
  const { series, cells } = threadedRun(100, [1, 2]);
  assert.deepEqual(
    series.map(({ label }) => label),
    [
      "naive_loop",
      "wasm_threads · 1 thread · B = 100",
      "wasm_threads · 2 threads · B = 100",
    ].map((label, i) => i === 0 ? "naive_loop · B = 10" : label),
  );
  assert.deepEqual(
    cells.filter((one) => one.series === 2).map(({ cell }) => cell.examples),
    [2000],
  );
});
