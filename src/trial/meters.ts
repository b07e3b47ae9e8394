import process from "node:process";
import v8 from "node:v8";
import type { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { known } from "../base/known.ts";
import { GC_COST_UNIT_NS } from "../base/runtime.ts";
import { readCpuPressureNs } from "../machine/interference.ts";
import type { GarbageCollection, Interference } from "../format/trial_record.ts";

/**
 * Counts garbage collections, CPU time, context switches and CPU pressure from here to `stop`, both of which belong off
 * the clock.
 */
export function startMeters(clock: Clock) {
  const collections = startCollectionCount();
  const start = clock();
  const cpu = process.cpuUsage();
  const usage = process.resourceUsage();
  const pressure = readCpuPressureNs();
  return {
    stop(): { gc?: z.infer<typeof GarbageCollection>; interference: z.infer<typeof Interference> } {
      const wallNs = clock() - start;
      const used = process.cpuUsage(cpu);
      const after = process.resourceUsage();
      const pressureAfter = readCpuPressureNs();
      const isKnown = pressure !== undefined && pressureAfter !== undefined;
      const interference = known({
        wallNs,
        cpuNs: (used.user + used.system) * 1000,
        involuntarySwitches: after.involuntaryContextSwitches - usage.involuntaryContextSwitches,
        voluntarySwitches: after.voluntaryContextSwitches - usage.voluntaryContextSwitches,
        cpuPressureNs: isKnown ? pressureAfter - pressure : undefined,
      });
      return known({ gc: collections?.stop(), interference });
    },
  };
}

export const residentBytes = (): number => process.memoryUsage().rss;

function startCollectionCount(): { stop(): z.infer<typeof GarbageCollection> } | undefined {
  if (typeof v8.GCProfiler !== "function") return undefined;
  const profiler = new v8.GCProfiler();
  profiler.start();
  return {
    stop() {
      const { statistics } = profiler.stop();
      const cost = statistics.reduce((sum, collection) => sum + collection.cost, 0);
      return { collections: statistics.length, pauseNs: cost * GC_COST_UNIT_NS };
    },
  };
}
