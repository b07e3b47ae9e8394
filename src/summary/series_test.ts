import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import type { Cell } from "../format/trial_record.ts";
import { compareCells, seriesOf } from "./series.ts";

const cell = (fields: Partial<Cell>): Cell => makeTrial({ cell: fields }).cell;
const labels = (cells: Cell[], plan = makeRun().plan) =>
  seriesOf(cells.toSorted(compareCells(plan)), plan).series.map(({ label }) => label);

test("a label is the implementation alone when nothing else differs", () => {
  const cells = [
    cell({ implementation: "fused_typed", examples: 1000 }),
    cell({ implementation: "fused_typed", examples: 2000, seed: 2 }),
    cell({ implementation: "naive_loop" }),
  ];
  assert.deepEqual(labels(cells), ["naive_loop", "fused_typed"]);
});

test("runtime and batch are named where there are several", () => {
  const { plan } = makeRun({ plan: { runtimes: ["deno", "bun"], batchSizes: [10, 100, "full"] } });
  assert.deepEqual(labels([cell({ runtime: "bun" }), cell({})], plan), [
    "fused_typed · deno",
    "fused_typed · bun",
  ]);
  const batches = [cell({ batchSize: 1000 }), cell({ batchSize: 100 }), cell({ batchSize: 10 })];
  assert.deepEqual(labels(batches, plan), [
    "fused_typed · B = 10",
    "fused_typed · B = 100",
    "fused_typed · full batch",
  ]);
  assert.deepEqual(labels([cell({ runtime: "bun" }), cell({ batchSize: 100 })], plan), [
    "fused_typed · deno · B = 100",
    "fused_typed · bun · B = 10",
  ]);
});

test("the ranks of an MPI job are named where it has several, or more than one", () => {
  assert.deepEqual(labels([cell({ ranks: 1 }), cell({ ranks: 2 })]), [
    "fused_typed · 1 rank",
    "fused_typed · 2 ranks",
  ]);
  assert.deepEqual(labels([cell({ ranks: 1 }), cell({ implementation: "naive_loop" })]), [
    "naive_loop",
    "fused_typed",
  ]);
  assert.deepEqual(labels([cell({ ranks: 4 })]), ["fused_typed · 4 ranks"]);
});

test("layers, activation, loss and rate are named where there are several", () => {
  const wide = [784, 128, 10];
  const { plan } = makeRun({ plan: { layers: [wide, [784, 16, 16, 10]], rates: [3, 0.3] } });
  assert.deepEqual(labels([cell({}), cell({ layerSizes: wide })], plan), [
    "fused_typed · 784-128-10",
    "fused_typed · 784-16-16-10",
  ]);
  assert.deepEqual(labels([cell({ rate: 0.3 }), cell({ batchSize: 100 })], plan), [
    "fused_typed · rate 3 · B = 100",
    "fused_typed · rate 0.3 · B = 10",
  ]);
  const other = { hiddenActivation: "relu", outputLoss: "softmax-cross-entropy" } as const;
  assert.deepEqual(labels([cell({}), cell(other)], plan), [
    "fused_typed · sigmoid · sigmoid-quadratic",
    "fused_typed · relu · softmax-cross-entropy",
  ]);
});

test("full batches of all sizes are one series, and a number that names the same cell wins", () => {
  const { plan } = makeRun({ plan: { batchSizes: ["full", 2000] } });
  const cells = [1000, 2000, 4000].map((m) => cell({ examples: m, batchSize: m }));
  const { series, indexOf } = seriesOf(cells.toSorted(compareCells(plan)), plan);
  assert.deepEqual(series.map(({ batch }) => batch), ["full", "2000"]);
  assert.deepEqual(cells.map(indexOf), [0, 1, 0]);
});

test("cells stand in the order of the plan, then by size and seed, unknown names last", () => {
  const { plan } = makeRun();
  const cells = [
    cell({ implementation: "zebra" }),
    cell({ examples: 2000 }),
    cell({ examples: 1000, seed: 2 }),
    cell({ examples: 1000, seed: 1 }),
    cell({ implementation: "aardvark" }),
    cell({ implementation: "naive_loop", examples: 60_000 }),
  ].sort(compareCells(plan));
  assert.deepEqual(cells.map((c) => `${c.implementation} ${c.examples} ${c.seed}`), [
    "naive_loop 60000 1",
    "fused_typed 1000 1",
    "fused_typed 1000 2",
    "fused_typed 2000 1",
    "aardvark 1000 1",
    "zebra 1000 1",
  ]);
});

test("a cell that is in no series is refused", () => {
  const { plan } = makeRun();
  assert.throws(() => seriesOf([], plan).indexOf(cell({})), RangeError);
});

test("threads are named where they differ, but not the 1 of what had no other", () => {
  const { plan } = makeRun({ plan: { peers: ["numpy_batch", "tfjs_wasm"] } });
  const peer = (fields: Partial<Cell>) =>
    cell({ implementation: "numpy_batch", runtime: "python", ...fields });
  assert.deepEqual(labels([cell({}), peer({}), peer({ threads: 2 })], plan), [
    "fused_typed",
    "numpy_batch · 1 thread",
    "numpy_batch · 2 threads",
  ]);
  assert.deepEqual(labels([cell({}), peer({ threads: 2 })], plan), [
    "fused_typed",
    "numpy_batch · 2 threads",
  ]);
  assert.deepEqual(labels([cell({ threads: 2 }), peer({ threads: 2 })], plan), [
    "fused_typed",
    "numpy_batch",
  ]);
});

test("a peer comes after ours, without its runtime, in the plan's order", () => {
  const { plan } = makeRun({
    plan: { runtimes: ["deno", "bun"], peers: ["numpy_batch", "tfjs_wasm"] },
  });
  const cells = [
    cell({ implementation: "tfjs_wasm" }),
    cell({ implementation: "numpy_batch", runtime: "python" }),
    cell({}),
    cell({ runtime: "bun" }),
  ];
  assert.deepEqual(labels(cells, plan), [
    "fused_typed · deno",
    "fused_typed · bun",
    "numpy_batch",
    "tfjs_wasm",
  ]);
});

test("a device is kept, and named in the label where it is software", () => {
  const { plan } = makeRun();
  const deviceOf = ({ implementation }: Cell) =>
    implementation === "naive_loop"
      ? { name: "llvmpipe", software: true as const }
      : { name: "NVIDIA H200" };
  const cells = [cell({ implementation: "naive_loop" }), cell({})];
  const { series } = seriesOf(cells.toSorted(compareCells(plan)), plan, deviceOf);
  assert.deepEqual(series.map(({ label, device }) => `${label}: ${device?.name}`), [
    "naive_loop (software): llvmpipe",
    "fused_typed: NVIDIA H200",
  ]);
});

test("what a crossover was bisected at stands between the ends of the plan", () => {
  const { plan } = makeRun({
    plan: { crossover: "width", layers: [[784, 8, 10], [784, 128, 10]], batchSizes: [100, 10] },
  });
  const widths = [128, 32, 8, 16].map((width) => cell({ layerSizes: [784, width, 10] }));
  assert.deepEqual(
    widths.sort(compareCells(plan)).map(({ layerSizes }) => layerSizes[1]),
    [8, 16, 32, 128],
  );
  const batches = [100, 48, 10].map((batchSize) => cell({ batchSize }));
  assert.deepEqual(batches.sort(compareCells(plan)).map((one) => one.batchSize), [10, 48, 100]);
});
