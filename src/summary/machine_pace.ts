import { mean, medianOfKnown, studentQuantile, variance } from "../stats/statistics.ts";
import type { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";
import type { MachinePace } from "../format/comparison.ts";
import type { MatchedCell } from "./match_cells.ts";

/** The yardstick's time in this trial: the median, because a moment's disturbance is not the machine's pace. */
export const yardstickOf = ({ interference }: TrialRecord): number | undefined =>
  medianOfKnown(interference?.yardstickNs ?? []);

/**
 * How much slower the machine was in B than in A, by work that is the same in both: the yardsticks of the matched cells
 * or, without them, the rate of scalar JavaScript before the first trial. Undefined where one run has neither.
 */
export function machinePace(
  a: RunFile,
  b: RunFile,
  matched: readonly MatchedCell[],
): MachinePace | undefined {
  return fromYardsticks(matched) ?? fromCeilings(a, b);
}

/**
 * The geometric mean over the cells, with Student's t interval where there are several. Cell by cell, so that another
 * mix of runtimes or another number of trials is not mistaken for a pace.
 */
function fromYardsticks(matched: readonly MatchedCell[]): MachinePace | undefined {
  const logs = matched.flatMap(({ a, b }) => {
    const [ofA, ofB] = [a, b].map((trials) => medianOfKnown(trials.map(yardstickOf)));
    return ofA !== undefined && ofB !== undefined ? [Math.log(ofB / ofA)] : [];
  });
  const n = logs.length;
  if (n === 0) return undefined;
  const centre = mean(logs);
  const half = n > 1 &&
    studentQuantile((1 + CONFIDENCE) / 2, n - 1) * Math.sqrt(variance(logs) / n);
  return {
    source: "yardstick",
    ratio: Math.exp(centre),
    ...(half !== false && { interval: [Math.exp(centre - half), Math.exp(centre + half)] }),
    from: n,
  };
}

function fromCeilings(a: RunFile, b: RunFile): MachinePace | undefined {
  const logs = (a.ceilings ?? []).flatMap((of) => {
    const [before, after] = [of, b.ceilings?.find(({ runtime }) => runtime === of.runtime)]
      .map((ceilings) => ceilings?.arithmetic.find(isScalar)?.flopPerSecond);
    // Rates, so the inverse of the ratio of times.
    return before && after ? [Math.log(before / after)] : [];
  });
  if (logs.length === 0) return undefined;
  return { source: "ceilings", ratio: Math.exp(mean(logs)), from: logs.length };
}

const isScalar = ({ backEnd, threads }: { backEnd: string; threads: number }): boolean =>
  backEnd === "javascript" && threads === 1;

/**
 * A kernel slows down at most by this power of the yardstick's slowdown: one that shares a cache or the memory with a
 * neighbour suffers more than arithmetic that needs neither.
 */
const SUFFERING = 2;

/** The least and the greatest slowdown that the machine may have caused a kernel in B; 1 = none. */
export function possiblePaces(pace: MachinePace | undefined): number[] {
  if (pace === undefined) return [1];
  const [low, high] = pace.interval ?? [pace.ratio, pace.ratio];
  return [Math.min(1, low) ** SUFFERING, Math.max(1, high) ** SUFFERING];
}

/**
 * How much longer a trial took because its process waited for a CPU, as a factor. The yardstick is short, and its
 * median misses the moments in which another program had the CPU.
 */
export const waitingFactor = (trial: TrialRecord): number => 1 / (1 - (waitingShare(trial) ?? 0));

/** The median waiting share over the trials of each run; undefined where one of them does not record it. */
export function waitingShares(
  matched: readonly MatchedCell[],
): { a: number; b: number } | undefined {
  const [a, b] = (["a", "b"] as const).map((side) =>
    medianOfKnown(matched.flatMap((one) => one[side]).map(waitingShare))
  );
  return a !== undefined && b !== undefined ? { a, b } : undefined;
}

/** Shares above this are cut: the rest would be a guess. */
const MOST_WAITING = 0.9;

/**
 * The share of the sampled time for which the process of a trial waited for a CPU. Time without a CPU counts only as far
 * as the system saw tasks wait (pressure) or gave the machine to others (steal, an upper bound over all CPUs), because a
 * program that sleeps is slow by itself. Undefined with several threads, ranks or a device, which wait for each other, and
 * where the system does not record it.
 */
function waitingShare({ cell, device, interference, durations }: TrialRecord): number | undefined {
  const { cpuNs, wallNs, cpuPressureNs, stealNs } = interference ?? {};
  if (cell.threads * (cell.ranks ?? 1) > 1 || device !== undefined) return undefined;
  if (cpuNs === undefined || cpuPressureNs === undefined || !wallNs) return undefined;
  const stolen = durations && stealNs !== undefined ? stealNs / durations.wallNs : 0;
  const without = Math.max(0, 1 - cpuNs / wallNs);
  const kept = Math.max(stolen, Math.min(without, cpuPressureNs / wallNs + stolen));
  return Math.min(kept, MOST_WAITING);
}
