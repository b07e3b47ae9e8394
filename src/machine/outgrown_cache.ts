import { trafficPerEpoch } from "../model/traffic.ts";
import type { Environment, RunFile } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Breakpoint } from "../format/laws.ts";
import { pixelsComputed } from "./roofline_of.ts";

/**
 * The cache that the working set outgrows between two cells of a series, the second with more examples; undefined if no
 * known size lies between. The working set is the compulsory one (`trafficPerEpoch`). Private copies and other data
 * share the cache, so it counts as outgrown from half its size on.
 */
export function outgrownCache(run: RunFile, after: Cell, before: Cell): Breakpoint["cache"] {
  const workingSetBytes = [after, before].map((cell) => workingSet(run, cell)) as [number, number];
  return cacheBetween(run.environment.cachesBytes, workingSetBytes);
}

export function cacheBetween(
  cachesBytes: Environment["cachesBytes"],
  workingSetBytes: readonly [fits: number, outgrows: number],
): Breakpoint["cache"] {
  const [fits, outgrows] = workingSetBytes;
  for (const level of ["l1d", "l2", "l3"] as const) {
    const bytes = cachesBytes[level];
    if (bytes !== undefined && fits < bytes && outgrows > bytes / 2) {
      return { level, bytes, workingSetBytes: [fits, outgrows] };
    }
  }
  return undefined;
}

/** Bytes used again in every epoch: subset, parameters and gradient. */
function workingSet(run: RunFile, cell: Cell): number {
  const pixels = pixelsComputed(run, cell);
  const nonZeroPixels = pixels === "unknown" ? undefined : pixels;
  const { examples, heldBytes } = trafficPerEpoch({ ...cell, network: cell, nonZeroPixels });
  return examples + heldBytes;
}
