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
 * Predicts the last size from a fit to all others, in logarithms. The interval holds every value that, added to the others, would make
 * the fit worse by no more than Student's t allows; for a line, that is the textbook's interval of a new observation.
 * `modelOf` says which model may be fitted to a number of sizes. Undefined with fewer than four sizes.
 */
export function predictLast({ x, y }: LogPoints, modelOf: (sizes: number) => PowerModel) {
  const n = x.length - 1;
  if (n < 3) return undefined;
  const others = { x: x.slice(0, n), y: y.slice(0, n) };
  const model = modelOf(n);
  const { best: { constant, scale, exponent }, limit, low, high } = fitPowerLaw(others, model);
  const value = Math.log(constant + scale * Math.exp(exponent * x[n]));
  const isExcluded = (guess: number): boolean => {
    const all = { x, y: [...others.y, guess] };
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
