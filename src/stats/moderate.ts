import { betaTail, mean, sumOf, variance } from "./statistics.ts";

/** How much logarithms scatter around their centre. */
export interface Spread {
  readonly variance: number;
  /** Degrees of freedom; 0 where nothing is known. */
  readonly degrees: number;
}

/** Several spreads as one; without any degree of freedom the variance is 0. */
export function pool(spreads: readonly Spread[]): Spread {
  const degrees = sumOf(spreads, (one) => one.degrees);
  const squares = sumOf(spreads, (one) => one.variance * one.degrees);
  return { variance: degrees > 0 ? squares / degrees : 0, degrees };
}

/** Fewer variances do not show how much variances differ. */
const LEAST_SPREADS = 3;
/** A variance of 0 has no logarithm: it counts as this part of the pooled one. */
const LEAST_PART = 1e-5;

/**
 * What the variances of a family have in common: true variances follow a scaled inverse χ² distribution with `degrees`
 * around `variance` (Smyth, Stat. Appl. Genet. Mol. Biol. 3, 2004, article 3). The two follow from mean and variance of
 * the logarithms of the estimates (his section 6.2). Infinite degrees: they differ by chance alone.
 */
export function priorOf(spreads: readonly Spread[]): Spread {
  const known = spreads.filter(({ degrees }) => degrees > 0);
  const pooled = pool(known);
  if (pooled.variance === 0 || known.length < LEAST_SPREADS) {
    return { variance: pooled.variance, degrees: known.length === 0 ? 0 : Infinity };
  }
  const logs = known.map(({ variance, degrees }) =>
    Math.log(Math.max(variance, LEAST_PART * pooled.variance)) -
    digamma(degrees / 2) + Math.log(degrees / 2)
  );
  const excess = variance(logs) - mean(known.map(({ degrees }) => trigamma(degrees / 2)));
  if (excess <= 0) return { variance: pooled.variance, degrees: Infinity };
  const half = trigammaInverse(excess);
  return {
    variance: Math.exp(mean(logs) + digamma(half) - Math.log(half)),
    degrees: 2 * half,
  };
}

/** The posterior mean of a variance: its estimate and the prior's, weighted by their degrees of freedom, which add up. */
export function moderated(own: Spread, prior: Spread): Spread {
  if (prior.degrees === Infinity) return prior;
  return pool([own, prior]);
}

/** The variance of a sum of independent figures (Welch and Satterthwaite, Biometrika 34, 1947, p. 28). */
export function sumOfSpreads(spreads: readonly Spread[]): Spread {
  const variance = sumOf(spreads, (one) => one.variance);
  const parts = sumOf(spreads, (one) => one.variance > 0 ? one.variance ** 2 / one.degrees : 0);
  return { variance, degrees: parts > 0 ? variance ** 2 / parts : Infinity };
}

/** Above what chance allows at this level, a variance has nothing in common with the others. */
const OUTLIER = 0.01;

/**
 * A spread that is expected, but never below what its own values show. Where they scatter more than chance allows (a
 * one-sided F test), as where a neighbour hit one of them, their degrees of freedom are all that there are.
 */
export function atLeast(own: Spread, expected: Spread): Spread {
  const variance = Math.max(own.variance, expected.variance);
  if (own.variance <= expected.variance || own.degrees === 0) return { ...expected, variance };
  const f = own.degrees * own.variance / expected.variance;
  const isOutlier = expected.variance === 0 || expected.degrees === 0 ||
    betaTail(f / (f + expected.degrees), own.degrees / 2, expected.degrees / 2) < OUTLIER;
  return { variance, degrees: isOutlier ? own.degrees : expected.degrees };
}

/** ψ, the derivative of ln Γ: recurrence up to 6, then the asymptotic series (DLMF 5.11.2), to about 1e-9. */
export function digamma(x: number): number {
  if (x < 6) return digamma(x + 1) - 1 / x;
  const inverse = 1 / (x * x);
  return Math.log(x) - 1 / (2 * x) -
    inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)));
}

/** ψ′ in the same way (DLMF 5.15.8). */
export function trigamma(x: number): number {
  if (x < 6) return trigamma(x + 1) + 1 / (x * x);
  const inverse = 1 / (x * x);
  return 1 / x + inverse / 2 +
    inverse / x * (1 / 6 - inverse * (1 / 30 - inverse * (1 / 42 - inverse / 30)));
}

/** The x > 0 at which ψ′, which falls from ∞ to 0, is `y`: bisection of ln x. */
export function trigammaInverse(y: number): number {
  let [low, high] = [-20, 20];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > y) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
