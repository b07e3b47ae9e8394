import { known } from "../base/known.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";
import { findBreak } from "../stats/breakpoint.ts";
import { growthOf } from "./growth.ts";
import { heldOutOf } from "./held_out.ts";
import { fitPowerLaw, type LogPoints, type PowerModel } from "../stats/power_law.ts";
import type { ScalingLaw } from "../format/laws.ts";

/** The time per epoch at one subset size, over all trials and seeds of one series. */
export interface TimedSize {
  readonly examples: number;
  readonly nsPerEpoch: number;
}

/** A line fits two sizes exactly, so nothing shows its error. */
const LEAST_SIZES = 3;
/** With a constant and four sizes, a single degree of freedom would be left. */
const LEAST_FOR_CONSTANT = 5;
const GREATEST_EXPONENT = 5;

export const modelOfTime = (sizes: number): PowerModel => ({
  from: 0,
  to: GREATEST_EXPONENT,
  withConstant: sizes >= LEAST_FOR_CONSTANT,
});

/** The sizes in logarithms, ascending. */
export function pointsOf(sizes: readonly TimedSize[]): LogPoints {
  const sorted = sizes.toSorted((a, b) => a.examples - b.examples);
  return {
    x: sorted.map(({ examples }) => Math.log(examples)),
    y: sorted.map(({ nsPerEpoch }) => Math.log(nsPerEpoch)),
  };
}

/**
 * Fits T = constantNs + coefficientNs · m^exponent, constantNs ≥ 0 per epoch, by least squares of log T, so that all
 * sizes have the same weight. Undefined for fewer than three sizes; with three or four the constant is 0.
 *
 * The interval of the exponent (`fitPowerLaw`) follows from the distance of the sizes from the law with a constant. That
 * distance holds everything: noise of samples, luck of processes, and peculiarities of a size, which resampled trials
 * would not show. A constant is reported only where its interval excludes 0; else the law is the power law, and its
 * exponent lies in the same interval.
 *
 * `leastVariance` is the variance of ln T that the scatter of trials causes (`scatterOf`); see `findBreak`.
 *
 * docs/METHODOLOGY.md says how often it covers. With three sizes a single degree of freedom is left, so the interval is
 * some fifteen times as wide as with seven. A bend in the law counts as noise: it widens the interval and shows as
 * `residual`, unless it is as sharp as a `breakpoint`.
 */
export function scalingLaw(
  sizes: readonly TimedSize[],
  leastVariance = 0,
): Omit<ScalingLaw, "series"> | undefined {
  const sorted = sizes.toSorted((a, b) => a.examples - b.examples);
  if (new Set(sorted.map(({ examples }) => examples)).size < LEAST_SIZES) return undefined;
  const points = pointsOf(sorted);
  const law = fitPowerLaw(points, modelOfTime(sorted.length));
  const isConstantTold = law.pure.squares > law.limit;
  const { exponent, scale, constant, squares } = isConstantTold ? law.best : law.pure;
  const last = sorted[sorted.length - 1];
  const found = findBreak(points, law.best, leastVariance);
  return known({
    exponent: { value: exponent, low: law.low, high: law.high, confidence: CONFIDENCE },
    coefficientNs: scale,
    constantNs: isConstantTold ? constant : undefined,
    residual: Math.sqrt(squares / sorted.length),
    sizes: sorted.map(({ examples }) => examples),
    growth: growthOf(points, law, exponent),
    heldOut: heldOutOf(points, modelOfTime, last.examples, last.nsPerEpoch),
    breakpoint: found && {
      after: sorted[found.place - 1].examples,
      before: sorted[found.place].examples,
      factor: found.factor,
      pValue: found.pValue,
      exponent: found.exponent,
    },
  });
}
