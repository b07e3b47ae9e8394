import assert from "node:assert/strict";
import { test } from "node:test";
import { CEILINGS } from "../../tests/support/ceilings.ts";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { flopPerExample, flopPerUpdate, flopSkippingZeros } from "../model/flop.ts";
import { trafficPerEpoch } from "../model/traffic.ts";
import type { RunFile } from "../format/plan.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { rooflineOf, roofsOf } from "./roofline_of.ts";
import { compareCells } from "../summary/series.ts";
import { sortTrials } from "../summary/sort_trials.ts";

type Described = NonNullable<RunFile["implementations"]>[number];
const NON_ZERO = 150_000;

/** A run of one implementation, x, with this description. */
function runOf(described: Partial<Described>): RunFile {
  return {
    ...makeRun(),
    implementations: [{ name: "x", needs: [], ...described }],
    nonZeroPixels: [{ seed: 1, examples: 1000, count: NON_ZERO }],
    ceilings: [CEILINGS],
  };
}

function roofline(
  run: RunFile,
  cell: Partial<Cell> = {},
  fields: Partial<TrialRecord> = {},
  nsPerEpoch = 1e6,
) {
  const trial = makeTrial({ cell: { implementation: "x", precision: "float32", ...cell } });
  const trials = [{ ...trial, ...fields }];
  const [usable] = sortTrials(trials, compareCells(run.plan)).cells;
  return rooflineOf(run, usable, nsPerEpoch);
}

const { cell } = makeTrial();
const updates = 100 * flopPerUpdate(cell);

test("FLOP are dense unless zero pixels are skipped, and include the updates", () => {
  const dense = 1000 * flopPerExample(cell).total + updates;
  assert.equal(roofline(runOf({ backEnd: "wasm" }))?.flopDonePerEpoch, dense);
  const sparse = flopSkippingZeros(cell, 1000, NON_ZERO) + updates;
  const found = roofline(runOf({ backEnd: "wasm", skipsZeroPixels: true }));
  assert.equal(found?.flopDonePerEpoch, sparse);
  assert.equal(found?.flopDonePerSecond, sparse / 1e-3);
});

test("intensity is FLOP divided by the bytes of the traffic model", () => {
  const found = roofline(runOf({ backEnd: "wasm", skipsZeroPixels: true }));
  const traffic = trafficPerEpoch({ ...cell, network: cell, nonZeroPixels: NON_ZERO });
  assert.equal(found?.bytesPerEpoch, traffic.examples + traffic.parameters);
  assert.equal(found?.flopPerByte, found.flopDonePerEpoch / found.bytesPerEpoch);
});

test("much work per byte is bound by the arithmetic of the back end and its threads", () => {
  const big = { batchSize: 1000 };
  const ceiling = roofline(runOf({ backEnd: "javascript" }), big)?.ceiling;
  assert.deepEqual(
    { ...ceiling, flopPerSecond: Math.round(ceiling?.flopPerSecond ?? 0), share: 0 },
    { flopPerSecond: 12e9, share: 0, bound: "compute", backEnd: "javascript", threads: 1 },
  );
  const done = roofline(runOf({ backEnd: "javascript" }), big)?.flopDonePerSecond ?? 0;
  assert.ok(Math.abs((ceiling?.share ?? 0) - done / 12e9) < 1e-9);
  const two = roofline(runOf({ backEnd: "wasm" }), { ...big, threads: 2 })?.ceiling;
  assert.ok(Math.abs((two?.flopPerSecond ?? 0) - 120e9) < 1);
  const fewer = roofline(runOf({ backEnd: "wasm" }), { ...big, threads: 2 }, { threadsUsed: 1 });
  assert.equal(fewer?.ceiling?.threads, 1);
});

test("little work per byte is bound by where the data lie: minibatch of 1, small and large layers", () => {
  const small = roofline(runOf({ backEnd: "wasm" }), { batchSize: 1 });
  const moved = trafficPerEpoch({ ...cell, network: cell, batchSize: 1 });
  // 13,002 parameters lie in the level 2 cache, 785,000 bytes of examples in the level 3 cache.
  const seconds = moved.parameters / 80e9 + moved.examples / 30e9;
  assert.equal(small?.ceiling?.bound, "cache");
  const expected = small.flopDonePerEpoch / seconds;
  assert.ok(Math.abs(small.ceiling.flopPerSecond / expected - 1) < 1e-9);
  const large = roofline(runOf({ backEnd: "wasm" }), {
    batchSize: 1,
    layerSizes: [784, 8192, 4096, 10],
  });
  assert.equal(large?.ceiling?.bound, "memory");
});

test("a GPU has no ceiling, and an undeclared back end the highest", () => {
  assert.equal(roofline(runOf({ backEnd: "gpu" }))?.ceiling, undefined);
  assert.equal(
    roofline(runOf({ backEnd: "wasm" }), {}, { device: { name: "x" } })?.ceiling,
    undefined,
  );
  const unknown = roofline(runOf({}), { batchSize: 1000 })?.ceiling;
  assert.ok(Math.abs((unknown?.flopPerSecond ?? 0) - 150e9) < 1);
  assert.equal(unknown?.backEnd, undefined);
});

test("runs that do not say how much was done have no roofline", () => {
  const { implementations: _, ...old } = runOf({});
  assert.equal(roofline(old), undefined);
  const { nonZeroPixels: __, ...uncounted } = runOf({ skipsZeroPixels: true });
  assert.equal(roofline(uncounted), undefined);
  const { ceilings: ___, ...unmeasured } = runOf({ backEnd: "wasm" });
  assert.ok(roofline(unmeasured));
  assert.equal(roofline(unmeasured)?.ceiling, undefined);
});

test("roofs show the cells' back ends, and bandwidths by memory level", () => {
  const run = runOf({ backEnd: "wasm" });
  const cells = [{ roofline: roofline(run) }, { roofline: roofline(run, { threads: 2 }) }, {}];
  assert.deepEqual(roofsOf(run, cells), [
    { kind: "compute", label: "WebAssembly, 1 thread", flopPerSecond: 60e9 },
    { kind: "compute", label: "WebAssembly, 2 threads", flopPerSecond: 120e9 },
    { kind: "bandwidth", label: "L2 cache", bytesPerSecond: 80e9 },
    { kind: "bandwidth", label: "L3 cache", bytesPerSecond: 30e9 },
    { kind: "bandwidth", label: "memory", bytesPerSecond: 14e9 },
  ]);
  const huge = { ...run.environment, cachesBytes: { l2: 2 ** 20, l3: 2 ** 29 } };
  assert.equal(
    roofsOf({ ...run, environment: huge }, cells).at(-1)?.label,
    "memory (or L3)",
  );
  assert.deepEqual(roofsOf(makeRun(), []), []);
});
