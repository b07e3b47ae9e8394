import { median } from "./statistics.ts";

/** A coarse clock can make most differences zero; less than 0.1 % never matters. */
const LEAST = 1e-3;

/**
 * The standard deviation of the noise in a sequence of logarithms, at least two. It uses differences of neighbours,
 * which changes of level hardly touch; their median is 0.954 deviations for normal values.
 */
export function noiseDeviation(logs: readonly number[]): number {
  const differences = logs.slice(1).map((value, i) => Math.abs(value - logs[i]));
  return Math.max(median(differences) / 0.954, LEAST);
}
