import * as simple from "simple-statistics";

/** The middle value, or the mean of the two middle ones. Throws Error when there are none. */
export const median = (values: readonly number[]): number => simple.median(values as number[]);

/**
 * Where half of the weight lies below: each value stands in the middle of its own weight, and between two the result
 * is interpolated. With equal weights it is the median.
 */
export function weightedMedian(values: readonly number[], weights: readonly number[]): number {
  if (new Set(weights).size < 2) return median(values);
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let below = 0;
  let before: { value: number; at: number } | undefined;
  for (const i of order) {
    const here = { value: values[i], at: below + weights[i] / 2 };
    if (here.at >= half) {
      if (before === undefined) return here.value;
      const part = (half - before.at) / (here.at - before.at);
      return before.value + part * (here.value - before.value);
    }
    before = here;
    below += weights[i];
  }
  return before!.value;
}

/** Arithmetic mean. Throws Error when there are no values. */
export const mean = (values: readonly number[]): number => simple.mean(values as number[]);

/** The median of the values that are known; undefined where none is. */
export function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? median(known) : undefined;
}

/** The sum of a figure over all items. */
export const sumOf = <T>(items: readonly T[], figure: (item: T) => number): number =>
  items.reduce((sum, item) => sum + figure(item), 0);

/** Sample variance (n − 1). Throws Error when there are fewer than two values. */
export const variance = (values: readonly number[]): number =>
  simple.sampleVariance(values as number[]);

/**
 * The value below which the share `p` of the values lies, interpolated linearly between the two nearest
 * (type 7 of Hyndman and Fan, The American Statistician 50, 1996, p. 361; the default of NumPy and R).
 */
export const quantile = (values: readonly number[], p: number): number =>
  simple.quantile(values as number[], p);

/** Median distance from the median, unscaled. */
export const medianAbsoluteDeviation = (values: readonly number[]): number =>
  simple.medianAbsoluteDeviation(values as number[]);

/** The standard deviation of normal values whose median absolute deviation is 1. */
export const MAD_TO_DEVIATION = 1.4826;

/** The line of least squares through the points (x, y). Throws RangeError for fewer than two different x. */
export function linearRegression(x: readonly number[], y: readonly number[]) {
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
 * The probability that a Beta(a, b) variate is above x: 1 less the regularised incomplete beta function, by the
 * continued fraction DLMF 8.17.22 (https://dlmf.nist.gov/8.17.E22) in the modified form of Lentz (Thompson
 * and Barnett, J. Comput. Phys. 64, 1986, p. 490). The relative error is about 1e-13, even in the far tail.
 */
export function betaTail(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0)) {
    throw new RangeError(`Cannot find a tail of Beta(${a}, ${b}): expected positive parameters`);
  }
  if (x <= 0) return 1;
  if (x >= 1) return 0;
  // The fraction converges quickly below the mean; above it, that of the mirrored variate does.
  return x > (a + 1) / (a + b + 2) ? lowerBeta(1 - x, b, a) : 1 - lowerBeta(x, a, b);
}

function lowerBeta(x: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  const notZero = (value: number): number => Math.abs(value) < 1e-300 ? 1e-300 : value;
  let c = 1;
  let d = 1 / notZero(1 - (a + b) * x / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= c * d;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b). */
export const logBeta = (a: number, b: number): number =>
  simple.gammaln(a) + simple.gammaln(b) - simple.gammaln(a + b);

/**
 * The probability that Student's t with `degrees` (> 0, not necessarily whole) is above `t`: half the tail of
 * a Beta distribution (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.1).
 */
export function studentTail(t: number, degrees: number): number {
  if (!(degrees > 0)) {
    throw new RangeError(
      `Cannot find a tail of Student's t: ${degrees} degrees of freedom, expected more than 0`,
    );
  }
  const square = t * t;
  // P(|T| > |t|) = P(Beta(1/2, ν/2) > t²/(ν + t²)); an infinite t would be ∞/∞.
  const both = square === Infinity ? 0 : betaTail(square / (degrees + square), 0.5, degrees / 2);
  return t >= 0 ? both / 2 : 1 - both / 2;
}

/** The value that Student's t with `degrees` (> 0, not necessarily whole) stays below with probability `p`. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1) || !(degrees > 0)) {
    throw new RangeError(
      `Cannot find a quantile of Student's t: p is ${p} with ${degrees} degrees of freedom, ` +
        "expected 0 < p < 1 and more than 0 degrees",
    );
  }
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  // T = √degrees · tan θ: in θ the search has an end, π / 2, and the density is cos^(degrees − 1) θ / B(1/2, degrees / 2).
  const at = (theta: number): number => Math.sqrt(degrees) * Math.tan(theta);
  const scale = Math.exp(logBeta(0.5, degrees / 2));
  let [low, high] = [0, Math.PI / 2];
  let theta = (low + high) / 2;
  for (let i = 0; i < 200 && low < high; i++) {
    const tail = studentTail(at(theta), degrees);
    if (tail > 1 - p) low = theta;
    else high = theta;
    // Newton's step for the logarithm of the tail, which is nearly straight; bisection where it leaves the bracket.
    const step = tail * Math.log(tail / (1 - p)) * scale / Math.cos(theta) ** (degrees - 1);
    const next = theta + step;
    // After such a step, the next one would be less than the rounding of the tail.
    if (Math.abs(step) <= 1e-8 * Math.min(theta, Math.PI / 2 - theta)) {
      return at(Math.min(high, Math.max(low, next)));
    }
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    theta = next > low && next < high ? next : middle;
  }
  return at(theta);
}

/** The 95 % interval of a share (0 to 1) seen among n (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, p. 209). */
export function wilsonInterval(share: number, n: number): [low: number, high: number] {
  const z = 1.959964;
  const centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return [centre - half, centre + half];
}
