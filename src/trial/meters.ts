import process from "node:process";
import v8 from "node:v8";
import type { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { known } from "../base/known.ts";
import { GC_COST_UNIT_NS } from "../base/runtime.ts";
import { readCpuPressureNs } from "../machine/interference.ts";
import type { Kernel, ProgramUsage } from "../gradients/contract.ts";
import type { GarbageCollection, Interference } from "../format/trial_record.ts";

/**
 * Counts garbage collections, CPU time, context switches and CPU pressure from here to `stop`, both of which belong off
 * the clock.
 */
export async function startMeters(
  remote: Remote | undefined,
  clock: Clock,
): Promise<{ stop(): Metered | Promise<Metered> }> {
  if (remote) return await startRemoteMeters(remote, clock);
  const collections = startCollectionCount();
  const start = clock();
  const cpu = process.cpuUsage();
  const usage = process.resourceUsage();
  const pressure = readCpuPressureNs();
  return {
    stop(): Metered {
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

/** A program in another process. */
interface Remote {
  usage(): Promise<ProgramUsage>;
}

interface Metered {
  readonly gc?: z.infer<typeof GarbageCollection>;
  readonly interference: z.infer<typeof Interference>;
}

/** The same for a program in another process, as it reports them. */
async function startRemoteMeters(
  remote: Remote,
  clock: Clock,
): Promise<{ stop(): Promise<Metered> }> {
  const before = await remote.usage();
  const start = clock();
  const pressure = readCpuPressureNs();
  return {
    async stop() {
      const wallNs = clock() - start;
      const after = await remote.usage();
      const pressureAfter = readCpuPressureNs();
      const less = (one: number | undefined, other: number | undefined) =>
        one === undefined || other === undefined ? undefined : one - other;
      const collections = less(after.collections, before.collections);
      const interference = known({
        wallNs,
        cpuNs: less(after.cpuNs, before.cpuNs),
        involuntarySwitches: less(after.involuntarySwitches, before.involuntarySwitches),
        voluntarySwitches: less(after.voluntarySwitches, before.voluntarySwitches),
        cpuPressureNs: less(pressureAfter, pressure),
      });
      return known({ gc: collections === undefined ? undefined : { collections }, interference });
    },
  };
}

export const residentBytes = (): number => process.memoryUsage().rss;

/** Peak resident set of the processes of a kernel; undefined where this is its only one, which its parent looks at. */
export async function peakRssOf(kernel: Kernel): Promise<number | undefined> {
  if (kernel.mode !== "async") return undefined;
  return kernel.process
    ? (await kernel.process.usage()).peakRssBytes
    : await kernel.peakRssBytes?.();
}

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
