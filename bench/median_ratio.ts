import { formatFixed, formatInterval } from "../src/report/numbers.ts";
import { median } from "../src/stats/statistics.ts";

/**
 * The median of ratios of pairs with the interval between order statistics that holds it in 95 % of cases, whatever the
 * ratios' distribution: another program that disturbs a few pairs does not move it.
 */
export function medianRatio(ratios: readonly number[]): string {
  const sorted = ratios.toSorted((a, b) => a - b);
  const out = rankOutside(sorted.length);
  const interval = {
    value: median(sorted),
    low: sorted[out] ?? sorted[0],
    high: sorted.at(-1 - out) ?? sorted[0],
  };
  return formatInterval(interval, (value) => formatFixed(value, 3));
}

/** How many of n values lie outside on each side, so that 2 P(Binomial(n, ½) ≤ out) ≤ 0.05. */
function rankOutside(n: number): number {
  let tail = 0;
  let term = 2 ** -n;
  for (let out = 0; out < n; out++) {
    tail += term;
    if (2 * tail > 0.05) return Math.max(0, out - 1);
    term *= (n - out) / (out + 1);
  }
  return 0;
}
