import { median } from "./statistics.ts";

/** The steady samples of one trial. */
export interface TrialSamples {
  readonly round: number;
  /** (samples) ns per epoch, ascending; at least one. */
  readonly sorted: Float64Array;
}

/** The confidence of intervals of times, exponents and other single figures. */
export const CONFIDENCE = 0.95;

/** The median of a trial's steady samples, ns per epoch. */
export function sampleMedian({ sorted }: TrialSamples): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The median over the trials of the median over each trial's samples. */
export function medianOfMedians(trials: readonly TrialSamples[]): number {
  return median(trials.map(sampleMedian));
}
