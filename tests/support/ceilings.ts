import type { RunFile } from "../../src/format/plan.ts";
import type { Ceilings } from "../../src/format/ceilings.ts";

const arithmetic = (
  backEnd: "javascript" | "wasm" | "blas",
  threads: number,
  flopPerSecond: number,
) => ({
  backEnd,
  precision: backEnd === "javascript" ? "float64" as const : "float32" as const,
  threads,
  flopPerSecond,
  loop: "a loop of a test",
});

const read = (bufferBytes: number, threads: number, bytesPerSecond: number) => ({
  bufferBytes,
  threads,
  bytesPerSecond,
  loop: "a loop of a test",
});

/** Ceilings of a made-up machine of two cores, in Deno. */
export const CEILINGS: Ceilings = {
  runtime: "deno",
  startedAt: "2026-03-01T10:00:00.000Z",
  wallNs: 1.5e9,
  arithmetic: [
    arithmetic("javascript", 1, 12e9),
    arithmetic("wasm", 1, 60e9),
    arithmetic("wasm", 2, 120e9),
    arithmetic("blas", 1, 150e9),
    arithmetic("blas", 2, 270e9),
  ],
  reads: [
    read(2 ** 19, 1, 80e9),
    read(2 ** 24, 1, 30e9),
    read(2 ** 28, 1, 14e9),
    read(2 ** 19, 2, 160e9),
    read(2 ** 24, 2, 60e9),
    read(2 ** 28, 2, 20e9),
  ],
};

/** The run with back ends (all JavaScript), pixel counts and ceilings, as a sweep records them. */
export function withCeilings(run: RunFile): RunFile {
  const { implementations, sizes, seeds } = run.plan;
  return {
    ...run,
    implementations: implementations.map((name) => ({ name, needs: [], backEnd: "javascript" })),
    nonZeroPixels: seeds.flatMap((seed) =>
      sizes.map((examples) => ({ seed, examples, count: 150 * examples }))
    ),
    ceilings: [CEILINGS],
  };
}
