import type { Dataset } from "../data/dataset.ts";
import { balancedOrder } from "../data/subset.ts";
import { flopPerExample, flopSkippingZeros } from "../model/flop.ts";
import { arithmeticCeiling, type Computer } from "../machine/find_ceiling.ts";
import type { SpeedLimit } from "../machine/speed_limit.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import type { Described } from "./schedule.ts";

type Arithmetic = NonNullable<RunFile["implementations"]>[number];
type NonZeroPixels = NonNullable<RunFile["nonZeroPixels"]>[number];

/** What `run.json` keeps of how implementations and peers describe themselves: who computes, and how much. */
export function arithmeticOf(described: readonly Described[]): Arithmetic[] {
  return described.map(({ name, needs, backEnd, skipsZeroPixels }) => ({
    name,
    needs,
    ...(backEnd !== undefined && { backEnd }),
    ...(skipsZeroPixels !== undefined && { skipsZeroPixels }),
  }));
}

/** Pixels that are not 0 in the subset of every size and seed of the plan. Reads the data once for each seed. */
export function countNonZeroPixels(train: Dataset, { seeds, sizes }: Plan): NonZeroPixels[] {
  return seeds.flatMap((seed) => {
    const order = balancedOrder(train.labels, train.classes, seed);
    let examples = 0;
    let count = 0;
    return sizes.map((size): NonZeroPixels => {
      for (; examples < size; examples++) count += nonZeroPixelsOfRow(train, order[examples]);
      return { seed, examples: size, count };
    });
  });
}

function nonZeroPixelsOfRow({ pixels, features }: Dataset, row: number): number {
  let count = 0;
  for (let at = row * features, end = at + features; at < end; at++) {
    if (pixels[at] !== 0) count++;
  }
  return count;
}

/**
 * A vector of four float32, multiplied and added in one instruction, does at most eight times what a scalar does in
 * one. So a scalar ceiling that is lower still was measured before the engine had compiled the loop, on a machine
 * that was busy with other things.
 */
const VECTOR_ADVANTAGE = 8;

/**
 * What bounds the speed of a cell of this run; undefined where no ceiling that holds was measured.
 *
 * FLOP are those of the gradients alone, without zero pixels unless the implementation declares that it does
 * not skip them: the update is left out, because an implementation may leave out what it knows to be 0.
 * The rate is that of one thread times the threads. What a GPU computes has no ceiling; native code (BLAS,
 * FFI, Python) none but a measured BLAS, because WebAssembly's vectors are not the widest of a processor.
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
  const isNative = backEnd === "blas" || needs.includes("ffi") || cell.runtime === "python";
  const computer: Computer = { ...cell, threads: 1, backEnd: isNative ? "blas" : backEnd };
  const measured = arithmeticCeiling(ceilings, computer);
  if (measured === undefined) return undefined;
  const vectors = arithmeticCeiling(ceilings, { ...computer, backEnd: "wasm" }) ?? 0;
  const ofOneThread = Math.max(measured, vectors / VECTOR_ADVANTAGE);
  // As often as there are threads, and not the figure of all of them at once: that one is too low where
  // another program had one of the cores. What declares nothing may have threads, too.
  const threads = computer.backEnd === undefined ? run.environment.cores : cell.threads;
  return {
    flopPerSecond: threads * ofOneThread,
    flopPerEpoch: skipsZeroPixels === false
      ? cell.examples * flopPerExample(cell).total
      : flopSkippingZeros(cell, cell.examples, nonZero.count),
  };
}
