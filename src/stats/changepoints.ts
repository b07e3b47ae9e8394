import { median } from "./statistics.ts";

/**
 * Where the mean of `values` changes: the index of the first value of every segment but the first, ascending.
 * `values` are in units of their noise's deviation. `penalty` is what a further change must save of the sum of squares
 * about the segments' means. No segment is shorter than `least`.
 *
 * PELT finds the exact optimum (Killick, Fearnhead and Eckley, JASA 107, 2012, p. 1590). cost(t) of the first t values
 * is the least cost(s) + squares(s, t) + penalty over the last change s. Once cost(s) + squares(s, u) > cost(u), a last
 * change at u beats one at s for every later t, so s is dropped. The time is quadratic at worst, where nothing changes.
 */
export function changepoints(
  values: readonly number[],
  penalty: number,
  least: number,
): number[] {
  const n = values.length;
  const sums = new Float64Array(n + 1);
  const squareSums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    sums[i + 1] = sums[i] + values[i];
    squareSums[i + 1] = squareSums[i] + values[i] ** 2;
  }
  const squares = (from: number, to: number): number =>
    squareSums[to] - squareSums[from] - (sums[to] - sums[from]) ** 2 / (to - from);

  const cost = new Float64Array(n + 1).fill(Infinity);
  cost[0] = -penalty; // the first segment is no change
  const lastChange = new Int32Array(n + 1);
  let candidates: number[] = [];
  for (let t = least; t <= n; t++) {
    candidates.push(t - least); // whose segment has just become long enough
    for (const s of candidates) {
      const with_ = cost[s] + squares(s, t) + penalty;
      if (with_ < cost[t]) [cost[t], lastChange[t]] = [with_, s];
    }
    // From the next t on, a last segment from u is long enough.
    const u = t + 1 - least;
    candidates = candidates.filter((s) => u - s < least || cost[s] + squares(s, u) <= cost[u]);
  }
  const changes: number[] = [];
  for (let t = lastChange[n]; t > 0; t = lastChange[t]) changes.unshift(t);
  return changes;
}

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
