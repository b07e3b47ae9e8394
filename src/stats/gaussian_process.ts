/** How values at two places depend on each other: amplitude² · exp(−½ Σ (Δ / length)²). */
export interface Smoothness {
  /** Standard deviation of the values, where nothing is known. */
  readonly amplitude: number;
  /** By coordinate: over such a distance a value changes noticeably. */
  readonly lengths: readonly number[];
}

/** A value that was seen at a place, and the variance of its noise. */
export interface Seen {
  readonly at: readonly number[];
  readonly value: number;
  readonly variance: number;
}

/**
 * A Gaussian process of mean 0 through what was seen: the mean and the variance at any other place (Rasmussen and
 * Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1). Far from everything seen, they are 0 and
 * amplitude².
 */
export function gaussianProcess(seen: readonly Seen[], smoothness: Smoothness) {
  const { amplitude, lengths } = smoothness;
  const covariance = (a: readonly number[], b: readonly number[]): number =>
    amplitude ** 2 *
    Math.exp(-0.5 * lengths.reduce((sum, length, k) => sum + ((a[k] - b[k]) / length) ** 2, 0));
  const n = seen.length;
  const lower = cholesky(
    seen.map((a, i) =>
      seen.slice(0, i + 1).map((b, j) => covariance(a.at, b.at) + (i === j ? a.variance : 0))
    ),
  );
  const weights = backward(lower, forward(lower, seen.map(({ value }) => value)));
  return (at: readonly number[]): { mean: number; variance: number } => {
    const shared = seen.map((one) => covariance(one.at, at));
    const explained = forward(lower, shared);
    let mean = 0;
    let variance = amplitude ** 2;
    for (let i = 0; i < n; i++) {
      mean += weights[i] * shared[i];
      variance -= explained[i] ** 2;
    }
    return { mean, variance: Math.max(0, variance) };
  };
}

/** The lower triangle L with L Lᵀ = A, of a positive definite A, given and returned by the rows of its triangle. */
function cholesky(a: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  for (const [i, row] of a.entries()) {
    const own: number[] = [];
    for (let j = 0; j <= i; j++) {
      let rest = row[j];
      for (let k = 0; k < j; k++) rest -= own[k] * (j === i ? own[k] : lower[j][k]);
      // Rounding may leave a place that was seen twice without any variance of its own.
      own.push(j === i ? Math.sqrt(Math.max(rest, 1e-12)) : rest / lower[j][j]);
    }
    lower.push(own);
  }
  return lower;
}

/** x with L x = b. */
function forward(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x: number[] = [];
  for (const [i, row] of lower.entries()) {
    let rest = b[i];
    for (let k = 0; k < i; k++) rest -= row[k] * x[k];
    x.push(rest / row[i]);
  }
  return x;
}

/** x with Lᵀ x = b. */
function backward(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = lower.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < lower.length; k++) x[i] -= lower[k][i] * x[k];
    x[i] /= lower[i][i];
  }
  return x;
}
