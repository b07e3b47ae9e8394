import assert from "node:assert/strict";
import test from "node:test";
import { because, makeRun, makeTrial } from "../../tests/support/trials.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import { cellsToResolve, resolvePairs, unresolvedCells } from "./resolve.ts";
import { compareCells } from "./series.ts";

const rule = { threshold: 0.02, alpha: 0.05 };
const compare = compareCells(makeRun({ plan: { implementations: ["x", "y", "z"] } }).plan);

/** Trials of one cell in `rounds` rounds, ns per epoch by round. */
const cellTrials = (cell: Partial<Cell>, rounds: number, ns: (round: number) => number) =>
  Array.from({ length: rounds }, (_, i): TrialRecord => {
    const epoch = ns(i + 1);
    return makeTrial({ cell, round: i + 1, samplesNs: [epoch, epoch], epochsPerSample: 1 });
  });
const steady = (level: number) => () => level;
const names = (trials: readonly TrialRecord[]) => {
  const open = unresolvedCells(trials, rule);
  const cells = new Map(trials.map(({ cell }) => [cellKey(cell), cell]));
  return [...open].map((key) => {
    const { implementation, examples, copy } = cells.get(key)!;
    return [implementation, examples, ...(copy ? [copy] : [])].join(" ");
  }).sort();
};

test("a pair is slower, faster or the same once its sequence lies wholly on one side", () => {
  const trials = [
    ...cellTrials({ implementation: "z" }, 12, steady(900)),
    ...cellTrials({ implementation: "x" }, 12, steady(1000)),
    ...cellTrials({ implementation: "y" }, 12, steady(1010)),
  ];
  const pairs = resolvePairs(trials, rule, compare);
  assert.deepEqual(
    pairs.map(({ a, b, verdict, rounds }) => [a.implementation, b.implementation, verdict, rounds]),
    [["x", "y", "same", 12], ["x", "z", "faster", 12], ["y", "z", "faster", 12]],
  );
  const [{ ratio, low, high }] = pairs;
  for (const figure of [ratio, low, high]) assert.ok(Math.abs(figure! - 1.01) < 1e-12);
  assert.deepEqual(names(trials), []);
});

test("before there can be evidence all cells need another round, and limits are absent", () => {
  const few = 6; // confidence_sequence_test.ts: seven can exclude something
  const trials = [
    ...cellTrials({ implementation: "x" }, few, steady(1000)),
    ...cellTrials({ implementation: "y" }, few, steady(2000)),
  ];
  const [pair] = resolvePairs(trials, rule, compare);
  assert.deepEqual(Object.keys(pair).sort(), ["a", "b", "ratio", "rounds", "verdict"]);
  assert.equal(pair.verdict, "unresolved");
  assert.deepEqual(names(trials), ["x 1000", "y 1000"]);
  assert.equal(
    resolvePairs(
      [
        ...cellTrials({ implementation: "x" }, few + 1, steady(1000)),
        ...cellTrials({ implementation: "y" }, few + 1, steady(2000)),
      ],
      rule,
      compare,
    )[0].verdict,
    "slower",
  );
});

test("only cells of an unresolved pair go on, and only cells of one problem are compared", () => {
  const wobbling = (round: number) => 1000 * (round % 2 === 0 ? 1.1 : 0.9);
  const trials = [1000, 2000].flatMap((examples) => [
    ...cellTrials({ implementation: "x", examples }, 14, steady(1000)),
    ...cellTrials(
      { implementation: "y", examples },
      14,
      examples === 1000 ? steady(2000) : wobbling,
    ),
    ...cellTrials({ implementation: "z", examples }, 14, steady(5000)),
  ]);
  assert.equal(resolvePairs(trials, rule, compare).length, 6);
  assert.deepEqual(names(trials), ["x 2000", "y 2000"]);
});

test("more pairs need more evidence", () => {
  const cells = (count: number) =>
    Array.from({ length: count }, (_, i) => i).flatMap((i) =>
      cellTrials({ implementation: `i${i}` }, 8, steady(1000 * 2 ** i))
    );
  assert.equal(resolvePairs(cells(2), rule, compare)[0].verdict, "slower");
  assert.equal(resolvePairs(cells(6), rule, compare)[0].verdict, "unresolved");
});

test("a cell that failed gets no further, nor does its pair", () => {
  const trials = [
    ...cellTrials({ implementation: "x" }, 3, steady(1000)),
    ...cellTrials({ implementation: "y" }, 2, steady(1000)),
    makeTrial({
      cell: { implementation: "y" },
      round: 3,
      status: "failed",
      reasons: because("out of memory"),
      samplesNs: [],
    }),
  ];
  assert.deepEqual(names(trials), []);
  assert.equal(resolvePairs(trials, rule, compare)[0].rounds, 2);
});

test("a null twin is compared with none, and runs on with its cell", () => {
  const trials = [
    ...cellTrials({ implementation: "x" }, 3, steady(1000)),
    ...cellTrials({ implementation: "y" }, 3, steady(1000)),
    ...cellTrials({ implementation: "y", copy: "twin" }, 3, steady(1000)),
  ];
  assert.equal(resolvePairs(trials, rule, compare).length, 1);
  assert.deepEqual(names(trials), ["x 1000", "y 1000", "y 1000 twin"]);
});

test("with the code of an earlier run, each cell is compared with its own earlier code", () => {
  const trials = ["x", "y"].flatMap((implementation) => [
    ...cellTrials({ implementation }, 10, steady(1100)),
    ...cellTrials({ implementation, copy: "reference" }, 10, steady(1000)),
  ]);
  const pairs = resolvePairs(trials, rule, compare);
  assert.deepEqual(pairs.map(({ a, b, verdict }) => [a.copy, b.copy, b.implementation, verdict]), [
    ["reference", undefined, "x", "slower"],
    ["reference", undefined, "y", "slower"],
  ]);
});

test("what ran the code of another program needs no round to part the two", () => {
  const implementations = ["naive_loop", "wasm_sparse", "wasm_threads"];
  const run = { ...makeRun({ plan: { implementations, resolve: 0.02, threads: [2] } }) };
  const wobbling = (round: number) => 1000 * (round % 2 === 0 ? 1.1 : 0.9);
  const trials = [
    ...cellTrials({ implementation: "naive_loop" }, 14, steady(9000)),
    ...cellTrials({ implementation: "wasm_sparse" }, 14, steady(1000)),
    ...cellTrials(
      { implementation: "wasm_threads", threads: 2 },
      14,
      wobbling,
    )
      .map((trial) => ({ ...trial, threadsUsed: 1 })),
  ];
  const open = () => [...cellsToResolve(run, trials)].map((key) => key.split("|")[0]).sort();
  assert.deepEqual(open(), ["wasm_sparse", "wasm_threads"]);
  run.implementations = implementations.map((name) => ({
    name,
    needs: [],
    ...(name === "wasm_threads" && { withOneThread: "wasm_sparse" }),
  }));
  assert.deepEqual(open(), []);
  run.plan = { ...run.plan };
  delete run.plan.resolve;
  assert.deepEqual(open(), []);
});

test("of several nodes each gives one ratio: forty rounds on two of them resolve nothing", () => {
  const onNodes = (nodes: number) =>
    [["x", 1000], ["y", 1100]].flatMap(([implementation, ns]) =>
      cellTrials({ implementation: implementation as string }, 40, steady(ns as number))
        .map((trial): TrialRecord => ({ ...trial, node: `n${trial.round % nodes}` }))
    );
  const verdictOn = (nodes: number) => {
    const [{ verdict, rounds }] = resolvePairs(onNodes(nodes), rule, compare);
    return [verdict, rounds];
  };
  assert.deepEqual(verdictOn(1), ["slower", 40]);
  assert.deepEqual(verdictOn(2), ["unresolved", 40]);
  assert.deepEqual(verdictOn(20), ["slower", 40]);
});
