import { median } from "./statistics.ts";

/** A coarse clock can make most differences zero; below a tenth of a per cent nothing counts anyway. */
const LEAST = 1e-3;

/**
 * The standard deviation of the noise in a sequence of logarithms, at least two: from differences of neighbours, which
 * changes of level hardly touch. The median absolute difference of normal values is 0.954 deviations.
 */
export function noiseDeviation(logs: readonly number[]): number {
  const differences = logs.slice(1).map((value, i) => Math.abs(value - logs[i]));
  return Math.max(median(differences) / 0.954, LEAST);
}
