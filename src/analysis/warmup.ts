import { median } from "../base/statistics.ts";

/**
 * How far, in standard deviations, the rank sum of a prefix must lie above chance. The prefix is the most
 * deviating of n/2, so 3 is passed by about 1–2 % of stationary trials, and never by fewer than 13 samples.
 */
const LEAST_DEVIATION = 3;
/** A prefix that is slower by less than this is not worth the samples that a cut costs. */
const LEAST_SLOWDOWN = 1.02;

/**
 * Where the steady part of one trial's samples begins: the index of its first sample, 0 when there is no
 * warm-up, at most half of the samples. `samples` are times of equal amounts of work, in the order taken.
 *
 * Maximally selected rank statistic (Lausen and Schumacher, Biometrics 48, 1992, p. 73; the rank sum is
 * Wilcoxon's, Biometrics Bulletin 1, 1945, p. 80): of all prefixes up to half of the samples, the one whose
 * ranks are most above chance, if they are far enough above it and its median is at least 2 % slower.
 * Ranks, because one sample in twenty may be hit by a collection or a neighbour and take several times as
 * long. The usual rule for simulations, MSER (White, Simulation 69(6), 1997, p. 323), minimises the
 * variance of what is left, so it cuts right behind such a sample, and cuts fast prefixes as well as slow.
 *
 * One or two slow first samples are left in: they hardly move a median. Samples that hang together (a
 * neighbour who comes and goes within seconds) look like a warm-up more often than 2 % of the time.
 */
export function steadyFrom(samples: readonly number[]): number {
  const n = samples.length;
  const ranks = midranks(samples);
  let rankSum = 0;
  let cut = 0;
  let greatest = 0;
  for (let d = 1; d <= n / 2; d++) {
    rankSum += ranks[d - 1];
    // Under chance the sum of d ranks has mean d(n + 1)/2 and variance d(n − d)(n + 1)/12.
    const deviation = (rankSum - d * (n + 1) / 2) / Math.sqrt(d * (n - d) * (n + 1) / 12);
    if (deviation > greatest) [cut, greatest] = [d, deviation];
  }
  if (greatest < LEAST_DEVIATION) return 0;
  const slowdown = median(samples.slice(0, cut)) / median(samples.slice(cut));
  return slowdown >= LEAST_SLOWDOWN ? cut : 0;
}

/** (n) the rank of each value, 1 = smallest; equal values share the mean of their ranks. */
function midranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last++;
    for (let i = first; i <= last; i++) ranks[order[i]] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return ranks;
}
