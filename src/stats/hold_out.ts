import {
  edge,
  fitPowerLaw,
  fitScale,
  type LogPoints,
  minimum,
  type PowerModel,
} from "./power_law.ts";
import { linearRegression, studentQuantile, sumOf } from "./statistics.ts";

/** A prediction to within a factor of e⁷ ≈ 1,000 says nothing, so the search ends there. */
const FARTHEST = 7;

/**
 * Predicts the value at `at` from a fit to all points, in logarithms. The interval holds every value that, added to the
 * points, would make the fit worse by no more than Student's t allows; for a line, that is the textbook's interval of a
 * new observation. Throws RangeError for fewer than three points.
 */
export function predictAt({ x, y }: LogPoints, at: number, model: PowerModel) {
  if (x.length < 3) {
    throw new RangeError(`Cannot predict from ${x.length} points: expected at least 3`);
  }
  const { best: { constant, scale, exponent }, limit, low, high } = fitPowerLaw({ x, y }, model);
  const value = Math.log(constant + scale * Math.exp(exponent * at));
  const isExcluded = (guess: number): boolean => {
    const all = { x: [...x, at], y: [...y, guess] };
    const squaresOf = (k: number) => fitScale(all, model, k).squares;
    // A further point cannot save an exponent that the others exclude.
    return squaresOf(minimum(squaresOf, low, high, 8, 10)) > limit;
  };
  return {
    value,
    low: edge(value, value - FARTHEST, isExcluded),
    high: edge(value, value + FARTHEST, isExcluded),
  };
}

/**
 * Predicts the value at `at` from the line through two points, which fits exactly. How far points lie from a line is
 * borrowed from `others`: the variance about their own lines, pooled; then the textbook's interval of a new observation
 * holds, if the two points scatter as the others do. Undefined where no other has three points.
 */
export function predictFromTwo(
  { x: [x1, x2], y: [y1, y2] }: LogPoints,
  at: number,
  others: readonly LogPoints[],
) {
  const fits = others.filter(({ x }) => x.length > 2).map(({ x, y }) => {
    const { intercept, slope } = linearRegression(x, y);
    return {
      squares: sumOf(x, (one) => (y[x.indexOf(one)] - intercept - slope * one) ** 2),
      degrees: x.length - 2,
    };
  });
  const degrees = sumOf(fits, (one) => one.degrees);
  if (degrees === 0) return undefined;
  const variance = sumOf(fits, (one) => one.squares) / degrees;
  const [middle, spread] = [(x1 + x2) / 2, (x2 - x1) ** 2 / 2];
  const value = y1 + (y2 - y1) / (x2 - x1) * (at - x1);
  const margin = studentQuantile(0.975, degrees) *
    Math.sqrt(variance * (1 + 1 / 2 + (at - middle) ** 2 / spread));
  return { value, low: value - margin, high: value + margin };
}

/**
 * Predicts the last point from all others (`predictAt`). `modelOf` says which model may be fitted to a number of
 * points. Undefined with fewer than four points.
 */
export function predictLast({ x, y }: LogPoints, modelOf: (sizes: number) => PowerModel) {
  const n = x.length - 1;
  if (n < 3) return undefined;
  return predictAt({ x: x.slice(0, n), y: y.slice(0, n) }, x[n], modelOf(n));
}
