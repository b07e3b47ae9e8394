import { CONFIDENCE, type TrialSamples } from "./trial_samples.ts";
import { pairedRatio, unpairedRatio } from "./ratio.ts";
import type { Estimate } from "./interval.ts";

/**
 * How many times faster one cell is than its baseline: time per epoch of `baseline` / that of `other`;
 * above 1, `other` is faster. From the rounds that both have or, without one (a sweep that was killed early),
 * from the trials of each. The baseline against itself is 1, without an interval's width.
 */
export function speedup(
  baseline: readonly TrialSamples[],
  other: readonly TrialSamples[],
): Estimate {
  if (baseline === other) return { value: 1, low: 1, high: 1, confidence: CONFIDENCE };
  return (pairedRatio(other, baseline) ?? unpairedRatio(other, baseline)).estimate;
}
