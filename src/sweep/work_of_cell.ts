import { isJavaScript } from "../base/runtime.ts";
import { known } from "../base/known.ts";
import type { Dataset } from "../data/dataset.ts";
import { chunksOf, rowOf } from "../data/rows.ts";
import { balancedOrder } from "../data/subset.ts";
import { flopPerExample, flopSkippingZeros } from "../model/flop.ts";
import { arithmeticCeiling, type Computer } from "../machine/find_ceiling.ts";
import type { SpeedLimit } from "../machine/speed_limit.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import type { Described } from "./schedule.ts";

type Arithmetic = NonNullable<RunFile["implementations"]>[number];
type NonZeroPixels = NonNullable<RunFile["nonZeroPixels"]>[number];

export function arithmeticOf(described: readonly Described[]): Arithmetic[] {
  return described.map(({ name, summary, needs, backEnd, skipsZeroPixels, withOneThread }) =>
    known({ name, summary, needs, backEnd, skipsZeroPixels, withOneThread })
  );
}

/** Counts the non-zero pixels of every subset of the plan. Reads the data once per seed. */
export function countNonZeroPixels(train: Dataset, { seeds, sizes }: Plan): NonZeroPixels[] {
  const ofRow = nonZeroPixelsOfRows(train, Math.max(...sizes));
  return seeds.flatMap((seed) => {
    const order = balancedOrder(train.labels, train.classes, seed);
    let examples = 0;
    let count = 0;
    return sizes.map((m): NonZeroPixels => {
      for (; examples < m; examples++) count += ofRow(order[examples]);
      return { seed, examples, count };
    });
  });
}

/** Reading a file in sequence takes about as long as so many of its rows, one by one. */
const ROWS_OF_A_SEEK = 40;

/** Counts those of a row. A file of which `examples` rows are asked for is read in sequence where they are many. */
function nonZeroPixelsOfRows(train: Dataset, examples: number): (row: number) => number {
  if (train.stored === undefined || examples * ROWS_OF_A_SEEK < train.count) {
    return (row) => nonZero(rowOf(train, row));
  }
  const { features } = train;
  const counts = new Uint32Array(train.count);
  for (const { first, count, pixels } of chunksOf(train)) {
    for (let n = 0; n < count; n++) {
      counts[first + n] = nonZero(pixels.subarray(n * features, (n + 1) * features));
    }
  }
  return (row) => counts[row];
}

function nonZero(pixels: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < pixels.length; i++) if (pixels[i] !== 0) count++;
  return count;
}

/**
 * A vector instruction on four float32 multiplies and adds: at most eight times the work of a scalar one. A scalar
 * ceiling below that was measured on a busy machine, before the engine had compiled the loop.
 */
const VECTOR_ADVANTAGE = 8;

/**
 * The limit on the speed of a cell; undefined where no ceiling applies.
 *
 * FLOP are those of the gradients alone, without zero pixels unless the implementation declares that it does not skip
 * them. Updates are not counted, because an implementation may skip those known to be 0. The rate is that of one thread
 * times the number of threads of all ranks. A GPU has no ceiling. Native code (C, BLAS, FFI, Python) has one only where C or
 * BLAS was measured, because a processor may have wider vectors than WebAssembly.
 */
export function speedLimitOf(run: RunFile, cell: Cell): SpeedLimit | undefined {
  const described = run.implementations?.find(({ name }) => name === cell.implementation);
  const nonZero = run.nonZeroPixels?.find(({ seed, examples }) =>
    seed === cell.seed && examples === cell.examples
  );
  const ceilings = run.ceilings ?? [];
  if (described === undefined || nonZero === undefined) return undefined;
  const { backEnd, needs, skipsZeroPixels } = described;
  if (backEnd === "gpu" || needs.includes("gpu")) return undefined;
  const isNative = backEnd === "blas" || backEnd === "native" || needs.includes("ffi") ||
    !isJavaScript(cell.runtime);
  const computer: Computer = { ...cell, threads: 1, backEnd: isNative ? "native" : backEnd };
  const measured = arithmeticCeiling(ceilings, computer);
  if (measured === undefined) return undefined;
  const vectors = arithmeticCeiling(ceilings, { ...computer, backEnd: "wasm" }) ?? 0;
  const ofOneThread = Math.max(measured, vectors / VECTOR_ADVANTAGE);
  // Not the rate of all threads at once, which is too low where another program had a core. A program that declares
  // no back end may use any number of threads.
  const threads = computer.backEnd === undefined
    ? run.environment.cores
    : cell.threads * (cell.ranks ?? 1);
  return {
    flopPerSecond: threads * ofOneThread,
    flopPerEpoch: skipsZeroPixels === false
      ? cell.examples * flopPerExample(cell).total
      : flopSkippingZeros(cell, cell.examples, nonZero.count),
  };
}
