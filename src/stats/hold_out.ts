import {
  edge,
  fitPowerLaw,
  fitScale,
  type LogPoints,
  minimum,
  type PowerModel,
} from "./power_law.ts";

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
 * Predicts the last point from all others (`predictAt`). `modelOf` says which model may be fitted to a number of
 * points. Undefined with fewer than four points.
 */
export function predictLast({ x, y }: LogPoints, modelOf: (sizes: number) => PowerModel) {
  const n = x.length - 1;
  if (n < 3) return undefined;
  return predictAt({ x: x.slice(0, n), y: y.slice(0, n) }, x[n], modelOf(n));
}
