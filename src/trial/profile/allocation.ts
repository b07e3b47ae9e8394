import v8 from "node:v8";
import type { Clock } from "../../base/clock.ts";
import { CURRENT_RUNTIME, GC_COST_UNIT_NS } from "../../base/runtime.ts";
import { median } from "../../base/statistics.ts";
import type { Bench } from "./bench.ts";
import type { Allocation } from "./record.ts";

/** Single steps after which the bytes outside the heap are read. */
const READINGS = 25;

/**
 * Runs steps without marks for about `forNs` and tells what they allocated. On the heap that is how far it grew
 * between collections, as V8 and JavaScriptCore tell it. The contents of typed arrays are freed in the background,
 * so there the median growth over single steps must do, which few collections do not move.
 */
export async function measureAllocation(
  bench: Bench,
  forNs: number,
  clock: Clock,
): Promise<Allocation> {
  const profiler = typeof v8.GCProfiler === "function" ? new v8.GCProfiler() : undefined;
  profiler?.start();
  const before = v8.getHeapStatistics();
  let [steps, examples, wallNs] = [0, 0, 0];
  while (steps === 0 || wallNs < forNs) {
    const stretch = await bench.plain();
    steps += bench.steps;
    examples += stretch.examples;
    wallNs += stretch.ns;
  }
  const after = v8.getHeapStatistics();
  const collections = profiler?.stop().statistics;
  // JavaScriptCore counts its heap when it collects and at no other time.
  const isCounted = CURRENT_RUNTIME.name !== "bun" || (collections?.length ?? 0) > 1;
  return {
    steps,
    examples,
    wallNs,
    ...(collections && isCounted && {
      heapBytes: Math.max(0, grownBytes(before.used_heap_size, after.used_heap_size, collections)),
    }),
    ...(CURRENT_RUNTIME.name !== "bun" && {
      bufferBytesPerStep: await bufferBytesPerStep(bench, forNs, clock),
    }),
    ...(collections && {
      collections: collections.map(({ gcType, cost }) => ({
        kind: gcType,
        pauseNs: cost * GC_COST_UNIT_NS,
      })),
    }),
  };
}

async function bufferBytesPerStep(bench: Bench, forNs: number, clock: Clock): Promise<number> {
  const growth: number[] = [];
  const start = clock();
  while (growth.length < READINGS && (growth.length < 3 || clock() - start < forNs)) {
    const before = bufferBytes();
    await bench.plain(1);
    growth.push(bufferBytes() - before);
  }
  return Math.max(0, median(growth));
}

const bufferBytes = (): number => v8.getHeapStatistics().external_memory ?? 0;

interface Collection {
  readonly beforeGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
  readonly afterGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
}

/** How far a heap grew in all, from its size at the ends and around each collection. */
function grownBytes(before: number, after: number, collections: readonly Collection[]): number {
  let grown = 0;
  let size = before;
  for (const { beforeGC, afterGC } of collections) {
    grown += beforeGC.heapStatistics.usedHeapSize - size;
    size = afterGC.heapStatistics.usedHeapSize;
  }
  return grown + after - size;
}
