import { median } from "./statistics.ts";

/** The steady samples of one trial. */
export interface TrialSamples {
  readonly round: number;
  /** (samples) ns per epoch, ascending; at least one. */
  readonly sorted: Float64Array;
}

/** Of all intervals. */
export const CONFIDENCE = 0.95;

/** The median of a trial's steady samples, ns per epoch. */
export function sampleMedian({ sorted }: TrialSamples): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What a cell takes: the median over its trials of the median over the trial's samples. */
export function medianOfMedians(trials: readonly TrialSamples[]): number {
  return median(trials.map(sampleMedian));
}
