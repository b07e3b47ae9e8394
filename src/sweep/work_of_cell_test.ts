import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { balancedOrder, takeSubset } from "../data/subset.ts";
import { flopPerExample, flopSkippingZeros } from "../model/flop.ts";
import type { Ceilings } from "../format/ceilings.ts";
import type { RunFile } from "../format/plan.ts";
import { arithmeticOf, countNonZeroPixels, speedLimitOf } from "./work_of_cell.ts";

const arithmetic = (
  backEnd: "javascript" | "wasm" | "blas" | "native",
  threads: number,
  flop: number,
) => ({
  backEnd,
  precision: "float32" as const,
  threads,
  flopPerSecond: flop,
  loop: backEnd,
});
const CEILINGS: Ceilings = {
  runtime: "deno",
  startedAt: "2026-03-01T10:00:00.000Z",
  wallNs: 1e9,
  arithmetic: [
    arithmetic("javascript", 1, 10e9),
    arithmetic("wasm", 1, 60e9),
    arithmetic("wasm", 2, 120e9),
  ],
  reads: [],
};
const NON_ZERO = 150_000;

type Described = NonNullable<RunFile["implementations"]>[number];

/** The limit of the cell m = 1000 of an implementation that is described so. */
function limit(
  described: Partial<Described>,
  cell: { runtime?: "deno" | "python"; threads?: number } = {},
  ceilings: Ceilings = CEILINGS,
) {
  const run: RunFile = {
    ...makeRun(),
    implementations: [{ name: "x", needs: [], ...described }],
    nonZeroPixels: [{ seed: 1, examples: 1000, count: NON_ZERO }],
    ceilings: [ceilings],
  };
  return speedLimitOf(run, makeTrial({ cell: { implementation: "x", ...cell } }).cell);
}

const { cell } = makeTrial();
const sparse = flopSkippingZeros(cell, 1000, NON_ZERO);
const dense = 1000 * flopPerExample(cell).total;

test("a cell is held to the ceiling of its back end and threads", () => {
  assert.equal(limit({ backEnd: "javascript" })?.flopPerSecond, 10e9);
  assert.equal(limit({ backEnd: "wasm" })?.flopPerSecond, 60e9);
  assert.equal(limit({ backEnd: "wasm" }, { threads: 2 })?.flopPerSecond, 120e9);
});

test("what is unknown is held to the highest ceiling of the machine", () => {
  assert.equal(limit({})?.flopPerSecond, 120e9);
});

test("what computes outside of JavaScript and WebAssembly has no ceiling but a measured BLAS or C", () => {
  assert.equal(limit({ backEnd: "gpu" }), undefined);
  assert.equal(limit({ needs: ["gpu"] }), undefined);
  const natives: Partial<Described>[] = [
    { backEnd: "blas" },
    { backEnd: "native" },
    { needs: ["ffi"] },
    { needs: ["ffi"], backEnd: "native" },
  ];
  for (const native of natives) assert.equal(limit(native), undefined);
  assert.equal(limit({}, { runtime: "python" }), undefined);
  const withBlas = {
    ...CEILINGS,
    arithmetic: [...CEILINGS.arithmetic, arithmetic("blas", 1, 90e9)],
  };
  assert.equal(limit({ backEnd: "blas" }, {}, withBlas)?.flopPerSecond, 90e9);
  assert.equal(limit({}, { runtime: "python" }, withBlas)?.flopPerSecond, 90e9);
  const withC = {
    ...withBlas,
    arithmetic: [...withBlas.arithmetic, arithmetic("native", 1, 200e9)],
  };
  for (const native of natives) assert.equal(limit(native, {}, withC)?.flopPerSecond, 200e9);
  assert.equal(limit({ backEnd: "wasm" }, {}, withC)?.flopPerSecond, 60e9);
});

test("zero pixels may be skipped unless it is declared that they are not", () => {
  assert.equal(limit({ skipsZeroPixels: true })?.flopPerEpoch, sparse);
  assert.equal(limit({})?.flopPerEpoch, sparse);
  assert.equal(limit({ skipsZeroPixels: false })?.flopPerEpoch, dense);
});

test("a run that has no ceilings, or does not know the implementation, has no limit", () => {
  const run = makeRun();
  assert.equal(speedLimitOf(run, cell), undefined);
  const described = { ...run, implementations: [{ name: cell.implementation, needs: [] }] };
  const pixels = [{ seed: 1, examples: 1000, count: NON_ZERO }];
  assert.equal(speedLimitOf({ ...described, ceilings: [CEILINGS] }, cell), undefined);
  assert.equal(speedLimitOf({ ...described, nonZeroPixels: pixels }, cell), undefined);
});

test("non-zero pixels are counted in each subset as it is taken", () => {
  const train = syntheticDigits(300, 1, "train");
  const { plan } = makeRun({ plan: { sizes: [100, 250], seeds: [1, 7] } });
  const counts = countNonZeroPixels(train, plan);
  assert.deepEqual(
    counts.map(({ seed, examples }) => [seed, examples]),
    [[1, 100], [1, 250], [7, 100], [7, 250]],
  );
  for (const { seed, examples, count } of counts) {
    const order = balancedOrder(train.labels, train.classes, seed);
    const { pixels } = takeSubset(train, order, examples);
    assert.equal(count, pixels.filter((pixel) => pixel !== 0).length);
  }
});

test("of a description, run.json keeps what bounds the speed, and what is unknown is absent", () => {
  const described = {
    name: "x",
    summary: "…",
    precision: "float32",
    needs: ["threads"],
    availability: { available: true },
  } as const;
  assert.deepEqual(arithmeticOf([{ ...described, needs: ["threads"] }]), [
    { name: "x", summary: described.summary, needs: ["threads"] },
  ]);
  assert.deepEqual(
    arithmeticOf([{
      ...described,
      needs: [],
      backEnd: "wasm",
      skipsZeroPixels: false,
      withOneThread: "y",
    }]),
    [{
      name: "x",
      summary: described.summary,
      needs: [],
      backEnd: "wasm",
      skipsZeroPixels: false,
      withOneThread: "y",
    }],
  );
});
