import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial, makeTrials, type TrialOverrides } from "../../tests/support/trials.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import { cellsToResolve } from "./resolve.ts";
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

/** Two cells of a program that decides in each process whether it uses its threads; trial by trial. */
function decidedRun(used: readonly number[]) {
  const plan = { implementations: ["native_sparse"], sizes: [1000], threads: [1, 2] };
  const run = makeRun({ plan: { ...plan, rounds: used.length, resolve: 0.02 } });
  const trials = used.flatMap((threadsUsed, i) =>
    [1, 2].map((threads) => {
      const [{ cell }] = makeTrials(makeRun({ plan }));
      return makeTrial({
        cell: { ...cell, threads },
        round: i + 1,
        threadsUsed: threads === 1 ? 1 : threadsUsed,
        epochNs: threads === 1 ? 3e6 : 3e6 / threadsUsed,
      });
    })
  );
  return { ...summarise(run, trials, "run"), toResolve: cellsToResolve(run, trials) };
}

test("a cell repeats that of one thread only if all its trials used one", () => {
  const { series, resolved, warnings, toResolve } = decidedRun([1, 1, 1]);
  assert.equal(series.length, 1);
  assert.deepEqual(resolved?.pairs, []);
  assert.equal(toResolve.size, 0);
  assert.ok(warnings.every(({ kind }) => kind !== "threads-differ"));
});

for (const used of [[1, 2, 2], [2, 1, 1], [1, 1, 2]]) {
  test(`trials that used ${used} threads are a cell of its own, with a warning`, () => {
    const { series, cells, resolved, warnings, toResolve } = decidedRun(used);
    assert.deepEqual(series.map(({ threads, threadsUsed }) => [threads, threadsUsed]), [
      [1, 1],
      [2, 2],
    ]);
    assert.equal(cells[1].threadsUsed, 2);
    assert.equal(cells[1].trials, 3);
    assert.equal(resolved?.pairs.length, 1);
    assert.equal(toResolve.size, 2);
    assert.deepEqual(warnings.filter(({ kind }) => kind.includes("threads")), [{
      kind: "threads-differ",
      implementation: "native_sparse",
      fewest: 1,
      most: 2,
      batchSizes: [10],
    }]);
  });
}

/** `wasm_threads` on 2 threads, which declares that it runs `wasm_sparse` with one, beside that and a baseline. */
function declaredRun(
  { plan = {}, fields = () => ({}) }: {
    plan?: Partial<Plan>;
    fields?: (cell: { implementation: string; examples: number }) => TrialOverrides;
  } = {},
) {
  const sizes = [1000, 2000];
  const implementations = ["naive_loop", "wasm_sparse", "wasm_threads"];
  const run: RunFile = {
    ...makeRun({ plan: { implementations, sizes, threads: [2], ...plan } }),
    implementations: implementations.map((name) => ({
      name,
      needs: name === "wasm_threads" ? ["threads"] : [],
      ...(name === "wasm_threads" && { withOneThread: "wasm_sparse" }),
    })),
  };
  const trials = makeTrials(makeRun({ plan: { implementations, sizes } })).map(({ cell, round }) =>
    makeTrial({
      cell: { ...cell, ...(cell.implementation === "wasm_threads" && { threads: 2 }) },
      round,
      ...(cell.implementation === "wasm_threads" && { threadsUsed: 1 }),
      epochNs: cell.examples * (cell.implementation === "naive_loop" ? 30_000 : 3000),
      ...fields(cell),
    })
  );
  return summarise(run, trials, "run");
}

const labels = ({ series }: ReturnType<typeof summarise>) => series.map(({ label }) => label);

test("two programs that ran the same code are one line, which names the other and is tied with nobody", () => {
  const summary = declaredRun();
  const { series, cells, choices, warnings } = summary;
  assert.deepEqual(labels(summary), ["naive_loop", "wasm_sparse"]);
  assert.deepEqual(series.map(({ sameCode }) => sameCode), [undefined, ["wasm_threads"]]);
  assert.equal(cells.length, 4);
  for (const { series: chosen, rivals } of choices) {
    assert.equal(chosen, 1);
    assert.deepEqual(rivals.map((rival) => rival.series), [0]);
  }
  const idle = warnings.find(({ kind }) => kind === "idle-threads");
  assert.equal(idle?.kind === "idle-threads" && idle.sameCode, "wasm_sparse");
});

for (
  const [what, options] of [
    ["used two threads", { fields: () => ({ threadsUsed: 2 }) }],
    ["trained with other losses", {
      fields: ({ implementation }) =>
        implementation === "wasm_threads" ? { training: otherLosses() } : {},
    }],
    ["is wrong", {
      fields: ({ implementation }) =>
        implementation === "wasm_threads"
          ? { verification: { verdict: "wrong", tolerance: 1e-12 } }
          : {},
    }],
    ["is compared with its earlier code", {
      plan: { against: { ref: "HEAD", commit: "0123456789ab", threshold: 0.03 } },
    }],
  ] as [string, Parameters<typeof declaredRun>[0]][]
) {
  test(`a program that declares the code of another has its own line where it ${what}`, () => {
    const { series } = declaredRun(options);
    assert.deepEqual(series.map(({ implementation }) => implementation), [
      ...["naive_loop", "wasm_sparse", "wasm_threads"],
    ]);
    assert.ok(series.every(({ sameCode }) => sameCode === undefined));
  });
}

function otherLosses() {
  const training = makeTrial().training!;
  return {
    ...training,
    epochs: training.epochs.map((epoch) => ({ ...epoch, loss: epoch.loss! + 1e-9 })),
  };
}

test("where it failed at one size, each has its own line there, and the failure is told", () => {
  const { series, cells, problems } = declaredRun({
    fields: ({ implementation, examples }) =>
      implementation === "wasm_sparse" && examples === 2000
        ? { status: "failed", reasons: [{ kind: "timed-out", afterNs: 6e10 }] }
        : {},
  });
  assert.deepEqual(series.map(({ implementation }) => implementation), [
    ...["naive_loop", "wasm_threads"],
  ]);
  assert.equal(cells.filter((cell) => cell.series === 1).length, 2);
  assert.deepEqual(problems.map(({ cell }) => cell.implementation), ["wasm_sparse"]);
});

test("the baseline stands for both", () => {
  const { series } = declaredRun({ plan: { baseline: "wasm_threads" } });
  assert.deepEqual(series.map(({ implementation, sameCode }) => [implementation, sameCode]), [
    ["naive_loop", undefined],
    ["wasm_threads", ["wasm_sparse"]],
  ]);
});
