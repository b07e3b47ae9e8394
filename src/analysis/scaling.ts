import type { Random } from "../base/random.ts";
import { linearRegression, studentQuantile } from "../base/statistics.ts";
import {
  CONFIDENCE,
  drawTrials,
  medianOfMedians,
  percentileInterval,
  resampledMedian,
  RESAMPLES,
  type TrialSamples,
} from "./bootstrap.ts";
import type { ScalingLaw } from "./summary.ts";

/** All trials of one series at one subset size, of all seeds. */
export interface SizeTrials {
  readonly examples: number;
  readonly trials: readonly TrialSamples[];
}

/** With two sizes a line fits exactly and nothing tells how far off it is. */
const LEAST_SIZES = 3;

export function scalingLaw(
  sizes: readonly SizeTrials[],
  random: Random,
  resamples = RESAMPLES,
): Omit<ScalingLaw, "series"> | undefined {
  if (sizes.length < LEAST_SIZES) return undefined;
  const logSizes = sizes.map(({ examples }) => Math.log(examples));
  const logTimes = sizes.map(({ trials }) => Math.log(medianOfMedians(trials)));
  const { slope, intercept } = linearRegression(logSizes, logTimes);

  const slopes = Array.from({ length: resamples }, () => {
    const times = sizes.map(({ trials }) =>
      Math.log(resampledMedian(trials, drawTrials(trials.length, random), random))
    );
    return linearRegression(logSizes, times).slope;
  });
  const fromTrials = percentileInterval(slope, slopes);
  const squares = logSizes.reduce(
    (sum, x, i) => sum + (logTimes[i] - intercept - slope * x) ** 2,
    0,
  );
  const half = slopeUncertainty(logSizes, squares);
  return {
    exponent: {
      value: slope,
      low: Math.min(fromTrials.low, slope - half),
      high: Math.max(fromTrials.high, slope + half),
      confidence: CONFIDENCE,
    },
    coefficientNs: Math.exp(intercept),
    residual: Math.sqrt(squares / sizes.length),
    sizes: sizes.map(({ examples }) => examples),
  };
}

/** Half the width of the t-interval of a slope: t · √(Σr² / (n − 2) / Σ(x − x̄)²). */
function slopeUncertainty(x: readonly number[], squaredResiduals: number): number {
  const degrees = x.length - 2;
  const center = x.reduce((sum, value) => sum + value, 0) / x.length;
  const spread = x.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return studentQuantile(1 - (1 - CONFIDENCE) / 2, degrees) *
    Math.sqrt(squaredResiduals / degrees / spread);
}
