import type { Random } from "../base/random.ts";
import {
  CONFIDENCE,
  drawTrials,
  medianOfMedians,
  percentileInterval,
  resampledMedian,
  RESAMPLES,
  type TrialSamples,
} from "./bootstrap.ts";
import type { Estimate } from "./summary.ts";

/**
 * How many times faster one cell is than its baseline: time per epoch of `baseline` / that of `other`;
 * above 1, `other` is faster.
 *
 * Rounds that both have are compared alone, and resampled in pairs: both trials of a round ran minutes apart
 * at most, so a resample that draws a slow hour of the machine draws it for both, and it cancels in the ratio. Without
 * a common round (a sweep that was killed early) the trials of each are resampled on their own. The
 * baseline against itself is 1, without an interval's width.
 */
export function speedup(
  baseline: readonly TrialSamples[],
  other: readonly TrialSamples[],
  random: Random,
): Estimate {
  if (baseline === other) return { value: 1, low: 1, high: 1, confidence: CONFIDENCE };
  const [ours, theirs] = pairs(baseline, other);
  if (ours.length > 0) {
    return interval(ours, theirs, () => {
      const drawn = drawTrials(ours.length, random);
      return resampledMedian(ours, drawn, random) / resampledMedian(theirs, drawn, random);
    });
  }
  return interval(
    baseline,
    other,
    () =>
      resampledMedian(baseline, drawTrials(baseline.length, random), random) /
      resampledMedian(other, drawTrials(other.length, random), random),
  );
}

function interval(
  baseline: readonly TrialSamples[],
  other: readonly TrialSamples[],
  resample: () => number,
): Estimate {
  const value = medianOfMedians(baseline) / medianOfMedians(other);
  return percentileInterval(value, Array.from({ length: RESAMPLES }, resample));
}

/** The trials of the rounds that both have, in the same order. */
function pairs(
  a: readonly TrialSamples[],
  b: readonly TrialSamples[],
): [TrialSamples[], TrialSamples[]] {
  const ofB = new Map(b.map((trial) => [trial.round, trial]));
  const common = a.filter(({ round }) => ofB.has(round));
  return [common, common.map(({ round }) => ofB.get(round)!)];
}
