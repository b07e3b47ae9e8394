import v8 from "node:v8";
import type { Clock } from "../base/clock.ts";
import { collectGarbage, GC_COST_UNIT_NS } from "../base/runtime.ts";
import { median } from "../stats/statistics.ts";
import type { ProfiledKernel } from "./profiled_kernel.ts";
import type { Allocation } from "../format/profile_record.ts";

/** Most single steps whose growth of typed arrays is measured. */
const READINGS = 25;

/**
 * Runs steps without marks for about `forNs` and adds up how far the heap grew between collections. JavaScriptCore
 * knows the size of its heap only at a collection, so we force one before and after. V8 frees the contents of typed
 * arrays in the background, so for these we take the median growth over single steps.
 */
export async function measureAllocation(
  profiled: ProfiledKernel,
  forNs: number,
  clock: Clock,
): Promise<Allocation> {
  const profiler = typeof v8.GCProfiler === "function" ? new v8.GCProfiler() : undefined;
  profiler?.start();
  const isForced = collectGarbage();
  const before = v8.getHeapStatistics().used_heap_size;
  let [steps, examples, wallNs] = [0, 0, 0];
  while (steps === 0 || wallNs < forNs) {
    const stretch = await profiled.plain();
    steps += profiled.steps;
    examples += stretch.examples;
    wallNs += stretch.ns;
  }
  collectGarbage();
  const after = v8.getHeapStatistics().used_heap_size;
  const all = profiler?.stop().statistics;
  const collections = isForced ? all?.slice(1, -1) : all;
  const heapBytes = all &&
    (isForced
      ? grownBytes(usedBytes(all[0].afterGC), usedBytes(all[all.length - 1].afterGC), all.slice(1))
      : grownBytes(before, after, all));
  return {
    steps,
    examples,
    wallNs,
    ...(heapBytes !== undefined && { heapBytes: Math.max(0, heapBytes) }),
    ...(!isForced && { bufferBytesPerStep: await bufferBytesPerStep(profiled, forNs, clock) }),
    ...(collections && {
      collections: collections.map(({ gcType, cost }) => ({
        kind: gcType,
        pauseNs: cost * GC_COST_UNIT_NS,
      })),
    }),
  };
}

async function bufferBytesPerStep(
  profiled: ProfiledKernel,
  forNs: number,
  clock: Clock,
): Promise<number> {
  const growth: number[] = [];
  const start = clock();
  while (growth.length < READINGS && (growth.length < 3 || clock() - start < forNs)) {
    const before = bufferBytes();
    await profiled.plain(1);
    growth.push(bufferBytes() - before);
  }
  return Math.max(0, median(growth));
}

const bufferBytes = (): number => v8.getHeapStatistics().external_memory ?? 0;

type Collection = ReturnType<v8.GCProfiler["stop"]>["statistics"][number];

const usedBytes = ({ heapStatistics }: Collection["beforeGC"]): number =>
  heapStatistics.usedHeapSize;

/** Total growth of a heap, from its size at both ends and around each collection. */
function grownBytes(before: number, after: number, collections: readonly Collection[]): number {
  let grown = 0;
  let size = before;
  for (const { beforeGC, afterGC } of collections) {
    grown += usedBytes(beforeGC) - size;
    size = usedBytes(afterGC);
  }
  return grown + after - size;
}
