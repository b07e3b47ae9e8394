import type { Ceilings } from "../format/ceilings.ts";
import type { CellRuntime } from "../format/trial_record.ts";
import type { BackEnd } from "../gradients/contract.ts";

/** Who computes, which decides the measured rate that bounds it. */
export interface Computer {
  readonly runtime: CellRuntime;
  readonly threads: number;
  /** Absent: unknown. */
  readonly backEnd?: BackEnd | undefined;
}

/**
 * The highest rate measured for what computes, in FLOP/s; undefined if none was measured. JavaScript and WebAssembly
 * are bounded by their own runtime's figures; BLAS is the same for all, and C can do whatever vectors do here, if C or BLAS was
 * measured. An unknown back end is bounded by the highest figure of any back end in any runtime.
 */
export function arithmeticCeiling(
  ceilings: readonly Ceilings[],
  { runtime, threads, backEnd }: Computer,
): number | undefined {
  if (backEnd === "gpu") return undefined;
  if (backEnd === undefined) {
    const each = (["javascript", "wasm", "blas", "native"] as const).flatMap((backEnd) =>
      ceilings.flatMap(({ runtime }) =>
        arithmeticCeiling(ceilings, { runtime, threads, backEnd }) ?? []
      )
    );
    return highest(each);
  }
  const known = ceilings.filter((one) => MACHINE_CODE.includes(backEnd) || one.runtime === runtime)
    .flatMap(({ arithmetic }) => arithmetic.filter((figure) => bounds(figure.backEnd, backEnd)));
  // The engine's vectors may be narrower than the processor's: they alone do not bound machine code.
  if (backEnd === "native" && !known.some((figure) => MACHINE_CODE.includes(figure.backEnd))) {
    return undefined;
  }
  return ofThreads(known.map((one) => [one.threads, one.flopPerSecond]), threads);
}

/**
 * The highest rate at which `threads` threads can read `bytes` again and again: the rate of the smallest buffer that
 * is at least as large, or else of the largest one. `isLargest` says that it was the largest, which is meant to lie
 * in memory. What runs in the engine is bounded by the engine's own reads, all else by the highest figure. Undefined if
 * none was measured.
 */
export function readCeiling(
  ceilings: readonly Ceilings[],
  bytes: number,
  threads: number,
  backEnd?: BackEnd,
): { bytesPerSecond: number; isLargest: boolean } | undefined {
  const isBoundByWasm = backEnd === "javascript" || backEnd === "wasm";
  const reads = ceilings.flatMap((one) => one.reads)
    .filter((one) => !isBoundByWasm || one.backEnd === undefined);
  const sizes = [...new Set(reads.map(({ bufferBytes }) => bufferBytes))].sort((a, b) => a - b);
  const size = sizes.find((size) => size >= bytes) ?? sizes.at(-1);
  const bytesPerSecond = ofThreads(
    reads.filter(({ bufferBytes }) => bufferBytes === size)
      .map((one) => [one.threads, one.bytesPerSecond]),
    threads,
  );
  if (bytesPerSecond === undefined) return undefined;
  return { bytesPerSecond, isLargest: size === sizes.at(-1) };
}

/**
 * The rate of `threads` threads, from pairs of a thread count and its rate. Between one and all it is the lower of two
 * bounds: that many times one thread's rate, and the rate of more threads.
 */
function ofThreads(
  figures: readonly (readonly [number, number])[],
  threads: number,
): number | undefined {
  const single = highest(figures.filter(([count]) => count === 1).map(([, rate]) => rate));
  // Thread counts were measured at different moments: several threads can do at least what one does.
  const all = highest(figures.map(([, rate]) => rate));
  const most = Math.max(0, ...figures.map(([count]) => count));
  if (single === undefined || threads === 1) return single;
  if (most > 1 && all !== undefined) return Math.min(threads * single, Math.max(all, single));
  return threads * single;
}

/** Whether a rate of one back end bounds another. */
const bounds = (measured: BackEnd, backEnd: BackEnd): boolean =>
  measured === backEnd || backEnd === "native" && measured !== "javascript";

/** Not code of the runtime. */
const MACHINE_CODE: readonly BackEnd[] = ["blas", "native"];

const highest = (rates: readonly number[]): number | undefined =>
  rates.length === 0 ? undefined : Math.max(...rates);

/**
 * Keeps the higher rate of each loop: a ceiling is a maximum, and a later session may find a better moment. A loop is
 * unmeasured if no session measured it.
 */
export function mergeCeilings(
  before: readonly Ceilings[],
  after: readonly Ceilings[],
): Ceilings[] {
  return [...Map.groupBy([...before, ...after], ({ runtime }) => runtime).values()].map((both) => {
    const [{ unmeasured: _, ...first }] = both;
    const unmeasured = both[both.length - 1].unmeasured?.filter(({ what }) =>
      both.every((one) =>
        one.unmeasured?.some((other) => other.what === what)
      )
    ) ?? [];
    return {
      ...first,
      ...(unmeasured.length > 0 && { unmeasured }),
      arithmetic: best(
        both.flatMap(({ arithmetic }) => arithmetic),
        ({ backEnd, precision, threads, loop }) => [backEnd, precision, threads, loop].join("|"),
        ({ flopPerSecond }) => flopPerSecond,
      ),
      reads: best(
        both.flatMap(({ reads }) => reads),
        ({ bufferBytes, threads, loop }) => [bufferBytes, threads, loop].join("|"),
        ({ bytesPerSecond }) => bytesPerSecond,
      ),
    };
  });
}

function best<T>(all: readonly T[], key: (one: T) => string, rate: (one: T) => number): T[] {
  return [...Map.groupBy(all, key).values()].map((same) =>
    same.reduce((a, b) => rate(b) > rate(a) ? b : a)
  );
}
