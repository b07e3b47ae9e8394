import * as simple from "simple-statistics";

/** The middle value, or the mean of the two middle ones. Throws Error when there are none. */
export const median = (values: readonly number[]): number => simple.median(values as number[]);

/** Arithmetic mean. Throws Error when there are no values. */
export const mean = (values: readonly number[]): number => simple.mean(values as number[]);

/**
 * The value below which the share `p` of the values lies, interpolated linearly between the two nearest
 * (type 7 of Hyndman and Fan, The American Statistician 50, 1996, p. 361; the default of NumPy and R).
 */
export const quantile = (values: readonly number[], p: number): number =>
  simple.quantile(values as number[], p);

/** Median distance from the median, unscaled: half of the values lie no farther away. */
export const medianAbsoluteDeviation = (values: readonly number[]): number =>
  simple.medianAbsoluteDeviation(values as number[]);

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * The line of least squares through the points (x, y). Throws RangeError for fewer than two different x,
 * which no single line fits best.
 */
export function linearRegression(x: readonly number[], y: readonly number[]): Line {
  if (x.length !== y.length) {
    throw new RangeError(`Cannot fit a line: ${x.length} x, ${y.length} y, expected as many`);
  }
  if (new Set(x).size < 2) {
    throw new RangeError(`Cannot fit a line: ${new Set(x).size} different x, expected at least 2`);
  }
  const { m, b } = simple.linearRegression(x.map((value, i) => [value, y[i]]));
  return { slope: m, intercept: b };
}

/**
 * The value that Student's t with `degrees` (whole, at least 1) stays below with probability `p`. By
 * bisection of the closed form of its distribution for whole degrees (Abramowitz and Stegun, Handbook of
 * Mathematical Functions, 1964, 26.7.3 and 26.7.4, p. 948).
 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1) || !Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(
      `Cannot find a quantile of Student's t: p is ${p} with ${degrees} degrees of freedom, ` +
        "expected 0 < p < 1 and a whole number of at least 1",
    );
  }
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  // |T| = √degrees · tan θ: in θ the search has an end, π / 2.
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (0.5 + centralProbability(middle, degrees) / 2 < p) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/** Probability that |T| is below √degrees · tan θ. */
function centralProbability(theta: number, degrees: number): number {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  const odd = degrees % 2 === 1;
  // Σ of even: 1 + 1/2 cos² + (1·3)/(2·4) cos⁴ …; of odd: cos + 2/3 cos³ + (2·4)/(3·5) cos⁵ …
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let j = odd ? 3 : 2; j <= degrees - 2; j += 2) {
    term *= (j - 1) / j * cosine * cosine;
    sum += term;
  }
  return odd ? 2 / Math.PI * (theta + sine * sum) : sine * sum;
}
