import process from "node:process";
import v8 from "node:v8";
import type { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { GC_COST_UNIT_NS } from "../base/runtime.ts";
import { readCpuPressureNs } from "../machine/interference.ts";
import type { GarbageCollection, Interference } from "../format/trial_record.ts";

/** Measures what happens besides the measured work, from `startMeters` to `stop`, both off the clock. */
export interface Meters {
  stop(): {
    gc?: z.infer<typeof GarbageCollection>;
    interference: z.infer<typeof Interference>;
  };
}

/** Starts counting garbage collections, CPU time, context switches and CPU pressure. */
export function startMeters(clock: Clock): Meters {
  const collections = startCollectionCount();
  const start = clock();
  const cpu = process.cpuUsage();
  const usage = process.resourceUsage();
  const pressure = readCpuPressureNs();
  return {
    stop() {
      const wallNs = clock() - start;
      const used = process.cpuUsage(cpu);
      const after = process.resourceUsage();
      const pressureAfter = readCpuPressureNs();
      const gc = collections?.stop();
      return {
        ...(gc && { gc }),
        interference: {
          wallNs,
          cpuNs: (used.user + used.system) * 1000,
          involuntarySwitches: after.involuntaryContextSwitches - usage.involuntaryContextSwitches,
          voluntarySwitches: after.voluntaryContextSwitches - usage.voluntaryContextSwitches,
          ...(pressure !== undefined && pressureAfter !== undefined &&
            { cpuPressureNs: pressureAfter - pressure }),
        },
      };
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
