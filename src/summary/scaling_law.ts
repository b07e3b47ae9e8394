import { CONFIDENCE } from "../stats/trial_samples.ts";
import { findBreak } from "../stats/breakpoint.ts";
import { growthOf } from "./growth.ts";
import { predictLast } from "../stats/hold_out.ts";
import { fitPowerLaw, type LogPoints, type PowerModel } from "../stats/power_law.ts";
import type { HeldOut, ScalingLaw } from "../format/laws.ts";

/** What an epoch over a subset takes: of all trials of one series and subset size, whatever their seed. */
export interface TimedSize {
  readonly examples: number;
  readonly nsPerEpoch: number;
}

/** With two sizes the line fits exactly, and nothing tells how far off it is. */
const LEAST_SIZES = 3;
/** A constant is one unknown more; with four sizes a single degree of freedom would be left. */
const LEAST_FOR_CONSTANT = 5;
const GREATEST_EXPONENT = 5;

export const modelOfTime = (sizes: number): PowerModel => ({
  from: 0,
  to: GREATEST_EXPONENT,
  withConstant: sizes >= LEAST_FOR_CONSTANT,
});

/**
 * Fits T = constantNs + coefficientNs · m^exponent, constantNs ≥ 0 an epoch, by least squares of log T, so that
 * every size counts alike and not the largest alone. Returns undefined for fewer than three different sizes;
 * with three or four the constant is taken to be 0.
 *
 * The interval of the exponent (`fitPowerLaw`) is that of the law with a constant, from how far the sizes lie off
 * it. That distance holds everything: noise of samples, luck of processes, and what one size has of its own,
 * which resampling trials would not see. A constant is told only where one of 0 is excluded as the interval's
 * values are; else the law is the power law, and its exponent lies in the same interval.
 *
 * `leastVariance` is what the scatter of trials makes of that of ln T (`scatterOf`); see `findBreak`.
 *
 * How often it covers stands in docs/METHODOLOGY.md. Its prices: three sizes leave one degree of freedom, and an
 * interval some fifteen times as wide as seven do; and a bend in the law is taken for noise: it widens the interval and
 * shows as `residual`, unless it is as sharp as a `breakpoint`.
 */
export function scalingLaw(
  sizes: readonly TimedSize[],
  leastVariance = 0,
): Omit<ScalingLaw, "series"> | undefined {
  const sorted = sizes.toSorted((a, b) => a.examples - b.examples);
  if (new Set(sorted.map(({ examples }) => examples)).size < LEAST_SIZES) return undefined;
  const points: LogPoints = {
    x: sorted.map(({ examples }) => Math.log(examples)),
    y: sorted.map(({ nsPerEpoch }) => Math.log(nsPerEpoch)),
  };
  const law = fitPowerLaw(points, modelOfTime(sorted.length));
  const isConstantTold = law.pure.squares > law.limit;
  const { exponent, scale, constant, squares } = isConstantTold ? law.best : law.pure;
  const growth = growthOf(points, law, exponent);
  const heldOut = heldOutOf(points, sorted);
  const found = findBreak(points, law.best, leastVariance);
  return {
    exponent: { value: exponent, low: law.low, high: law.high, confidence: CONFIDENCE },
    coefficientNs: scale,
    ...(isConstantTold && { constantNs: constant }),
    residual: Math.sqrt(squares / sorted.length),
    sizes: sorted.map(({ examples }) => examples),
    ...(growth && { growth }),
    ...(heldOut && { heldOut }),
    ...(found && {
      breakpoint: {
        after: sorted[found.place - 1].examples,
        before: sorted[found.place].examples,
        factor: found.factor,
        pValue: found.pValue,
        exponent: found.exponent,
      },
    }),
  };
}

function heldOutOf(points: LogPoints, sizes: readonly TimedSize[]): HeldOut | undefined {
  const prediction = predictLast(points, modelOfTime);
  if (prediction === undefined) return undefined;
  const { examples, nsPerEpoch: measured } = sizes[sizes.length - 1];
  const [value, low, high] = [prediction.value, prediction.low, prediction.high].map(Math.exp);
  return {
    examples,
    predicted: { value, low, high, confidence: CONFIDENCE },
    measured,
    error: value / measured - 1,
    isCovered: low <= measured && measured <= high,
  };
}
