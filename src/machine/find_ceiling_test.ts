import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ceilings } from "../format/ceilings.ts";
import { arithmeticCeiling, mergeCeilings, readCeiling } from "./find_ceiling.ts";

const DENO: Ceilings = {
  runtime: "deno",
  startedAt: "2026-03-01T10:00:00.000Z",
  wallNs: 1e9,
  arithmetic: [
    { backEnd: "javascript", precision: "float64", threads: 1, flopPerSecond: 10, loop: "s" },
    { backEnd: "wasm", precision: "float32", threads: 1, flopPerSecond: 40, loop: "mul" },
    { backEnd: "wasm", precision: "float32", threads: 1, flopPerSecond: 60, loop: "madd" },
    { backEnd: "wasm", precision: "float32", threads: 4, flopPerSecond: 200, loop: "madd" },
    { backEnd: "blas", precision: "float32", threads: 1, flopPerSecond: 90, loop: "sgemm" },
    { backEnd: "blas", precision: "float32", threads: 4, flopPerSecond: 300, loop: "sgemm" },
  ],
  reads: [
    { bufferBytes: 1000, threads: 1, bytesPerSecond: 80, loop: "r" },
    { bufferBytes: 100_000, threads: 1, bytesPerSecond: 20, loop: "r" },
    { bufferBytes: 1000, threads: 4, bytesPerSecond: 320, loop: "r" },
    { bufferBytes: 100_000, threads: 4, bytesPerSecond: 30, loop: "r" },
  ],
};
const BUN: Ceilings = {
  ...DENO,
  runtime: "bun",
  arithmetic: [
    { backEnd: "wasm", precision: "float32", threads: 1, flopPerSecond: 45, loop: "mul" },
  ],
  reads: [],
};
const BOTH = [DENO, BUN];

test("a back end is bounded by its fastest loop in its own runtime", () => {
  const wasm = { backEnd: "wasm", threads: 1 } as const;
  assert.equal(arithmeticCeiling(BOTH, { runtime: "deno", ...wasm }), 60);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "bun", ...wasm }), 45);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "node", ...wasm }), undefined);
  assert.equal(
    arithmeticCeiling(BOTH, { runtime: "deno", threads: 1, backEnd: "javascript" }),
    10,
  );
});

test("BLAS has one ceiling for all runtimes, a GPU none, an unknown back end the highest", () => {
  assert.equal(arithmeticCeiling(BOTH, { runtime: "python", threads: 1, backEnd: "blas" }), 90);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "deno", threads: 1, backEnd: "gpu" }), undefined);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "bun", threads: 1 }), 90);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "bun", threads: 4 }), 300);
  assert.equal(arithmeticCeiling([], { runtime: "bun", threads: 1 }), undefined);
});

test("native code has one ceiling for all runtimes, and reads that bound nothing in an engine", () => {
  const native: Ceilings = {
    ...DENO,
    arithmetic: [{
      backEnd: "native",
      precision: "float32",
      threads: 1,
      flopPerSecond: 250,
      loop: "c",
    }],
    reads: [{ backEnd: "native", bufferBytes: 1000, threads: 1, bytesPerSecond: 240, loop: "c" }],
  };
  const all = [...BOTH, native];
  assert.equal(arithmeticCeiling(all, { runtime: "bun", threads: 1, backEnd: "native" }), 250);
  assert.equal(arithmeticCeiling(all, { runtime: "deno", threads: 1, backEnd: "wasm" }), 60);
  // On a busy machine its own loops may be the slowest.
  assert.equal(arithmeticCeiling(BOTH, { runtime: "bun", threads: 1, backEnd: "native" }), 90);
  const engines = [{
    ...DENO,
    arithmetic: DENO.arithmetic.filter(({ backEnd }) => backEnd !== "blas"),
  }];
  for (const runtime of ["deno", "node"] as const) {
    const machineCode = { runtime, threads: 1, backEnd: "native" } as const;
    assert.equal(arithmeticCeiling(engines, machineCode), undefined);
  }
  const rate = (backEnd?: "wasm" | "javascript" | "native" | "blas") =>
    readCeiling(all, 1000, 1, backEnd)?.bytesPerSecond;
  assert.deepEqual([rate("wasm"), rate("javascript")], [80, 80]);
  assert.deepEqual([rate("native"), rate("blas"), rate()], [240, 240, 240]);
});

test("between one thread and all, the lower of two bounds holds; beyond all, the rate of all", () => {
  const wasm = (threads: number) =>
    arithmeticCeiling(BOTH, { runtime: "deno", threads, backEnd: "wasm" });
  assert.equal(wasm(2), 120);
  assert.equal(wasm(4), 200);
  assert.equal(wasm(8), 200);
  assert.equal(arithmeticCeiling(BOTH, { runtime: "bun", threads: 2, backEnd: "wasm" }), 90);
});

test("bytes are read at the rate of the smallest buffer that holds them", () => {
  assert.deepEqual(readCeiling(BOTH, 1000, 1), { bytesPerSecond: 80, isLargest: false });
  assert.deepEqual(readCeiling(BOTH, 1001, 1), { bytesPerSecond: 20, isLargest: true });
  assert.deepEqual(readCeiling(BOTH, 1e9, 4), { bytesPerSecond: 30, isLargest: true });
  assert.deepEqual(readCeiling(BOTH, 1, 2), { bytesPerSecond: 160, isLargest: false });
  assert.equal(readCeiling([BUN], 1, 1), undefined);
});

test("merging two sessions keeps each loop's higher figure, and loops that only one has", () => {
  const faster = DENO.arithmetic.map((one) =>
    one.backEnd === "javascript" ? { ...one, flopPerSecond: 12 } : { ...one, flopPerSecond: 1 }
  );
  const merged = mergeCeilings([DENO], [{ ...DENO, arithmetic: faster }, BUN]);
  assert.equal(merged.length, 2);
  assert.deepEqual(merged[0].arithmetic.map(({ flopPerSecond }) => flopPerSecond), [
    12,
    40,
    60,
    200,
    90,
    300,
  ]);
  assert.deepEqual(merged[0].reads, DENO.reads);
  assert.deepEqual(merged[1], BUN);
});

test("a loop is unmeasured only if no session measured it", () => {
  const threads = { what: "threads", message: "late" } as const;
  const blas = { what: "blas", message: "no BLAS" } as const;
  const [before, after] = [{ ...DENO, unmeasured: [blas] }, {
    ...DENO,
    unmeasured: [threads, blas],
  }];
  assert.deepEqual(mergeCeilings([before], [after])[0].unmeasured, [blas]);
  assert.equal(mergeCeilings([after], [DENO])[0].unmeasured, undefined);
  assert.deepEqual(mergeCeilings([], [after])[0].unmeasured, [threads, blas]);
});
