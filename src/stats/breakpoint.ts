import { randomFrom } from "../base/random.ts";
import { studentQuantile } from "./statistics.ts";
import type { LogPoints, PowerFit } from "./power_law.ts";
import { CONFIDENCE } from "./trial_samples.ts";

const LEAST_SIZES = 6;
/** One size alone may be an outlier as well as a level. */
const LEAST_ASIDE = 2;
/** In simulations, 1 to 5 % of the laws without a break have one at this level, because errors are not quite normal. */
const ALPHA = 0.04;
const SIMULATED = 999;

type Vector = readonly number[];

/**
 * Finds the size from which on the time per example lies at another level, as where a working set outgrows a cache.
 * At each place this is an F test of one more parameter, y = fit + ln(factor); we keep the greatest F. With normal
 * errors its distribution without a break depends only on the sizes and the number of parameters, so simulation gives
 * the p-value (maximum over a search: Andrews, Econometrica 61, 1993, p. 821; Monte Carlo tests: Dwass, Annals of
 * Mathematical Statistics 28, 1957, p. 181).
 *
 * `fit` is the best constant + power law, so a bend that a constant per epoch explains is no break. It is linearised.
 * The interval of the factor assumes a known place: the search makes it too narrow and the factor a little too great.
 *
 * `leastVariance` is the variance of y that the scatter of trials alone causes: sizes that by chance lie close to a
 * line with a step are not better known than that.
 *
 * From the size at `place` on, an epoch takes `factor` times as long; `exponent` holds on both sides. Undefined with
 * fewer than six sizes, and where the probability of a break this clear without one, `pValue`, is above 4 %.
 */
export function findBreak({ x, y }: LogPoints, fit: PowerFit, leastVariance: number) {
  const n = x.length;
  if (n < LEAST_SIZES) return undefined;
  const { exponent, constant, scale } = fit;
  const grown = x.map((xi) => scale * Math.exp(exponent * xi));
  const residuals = y.map((yi, i) => yi - Math.log(constant + grown[i]));
  // The derivatives of ln T by the level, by the exponent and by the constant where there is one.
  const level = x.map(() => 1);
  const byExponent = x.map((xi, i) => xi * grown[i] / (constant + grown[i]));
  const others = [
    level,
    ...(constant > 0 ? [grown.map((value) => 1 / (constant + value))] : []),
  ];
  const basis = orthonormal([...others, byExponent]);
  const places = x.map((_, place) => place).slice(LEAST_ASIDE, n - LEAST_ASIDE + 1);
  const steps = places.map((place) => x.map((_, i) => i >= place ? 1 : 0));
  const apart = steps.map((step) => without(basis, step));
  const degrees = n - basis.length - 1;

  const greatest = (errors: Vector, leastVariance: number): { f: number; index: number } => {
    // The residuals of the other parameters; the steps are orthogonal to those already.
    const squares = basis.reduce((sum, one) => sum - dot(errors, one) ** 2, dot(errors, errors));
    let found = { f: 0, index: -1 };
    apart.forEach((step, index) => {
      const own = dot(step, step);
      // The other parameters can already make such a step.
      if (own < 1e-9) return;
      const explained = dot(errors, step) ** 2 / own;
      const f = explained / Math.max((squares - explained) / degrees, leastVariance);
      if (f > found.f) found = { f, index };
    });
    return found;
  };
  const { f, index } = greatest(residuals, leastVariance);
  if (index < 0) return undefined;
  const random = randomFrom(n, "breakpoint");
  const simulated = Array.from(
    { length: SIMULATED },
    () => greatest(x.map(() => random.normal()), 0).f,
  );
  const pValue = (simulated.filter((one) => one >= f).length + 1) / (SIMULATED + 1);
  if (pValue > ALPHA) return undefined;

  const all = [...others, byExponent, steps[index]];
  const rest = without(orthonormal(all), residuals);
  const deviation = Math.sqrt(Math.max(dot(rest, rest) / degrees, leastVariance));
  const t = studentQuantile((1 + CONFIDENCE) / 2, degrees);
  const coefficient = (column: Vector, start: number, read: (value: number) => number) => {
    const own = without(orthonormal(all.filter((one) => one !== column)), column);
    const square = dot(own, own);
    const center = start + dot(own, residuals) / square;
    const half = t * deviation / Math.sqrt(square);
    const [value, low, high] = [center, center - half, center + half].map(read);
    return { value, low, high, confidence: CONFIDENCE };
  };
  return {
    place: places[index],
    factor: coefficient(steps[index], 0, Math.exp),
    pValue,
    exponent: coefficient(byExponent, exponent, (value) => value),
  };
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The part of `vector` that is orthogonal to the basis, which is orthonormal. */
function without(basis: readonly Vector[], vector: Vector): Vector {
  return basis.reduce((rest, one) => {
    const along = dot(rest, one);
    return rest.map((value, i) => value - along * one[i]);
  }, vector);
}

/** Modified Gram–Schmidt, which rounds less than the classical order. */
function orthonormal(columns: readonly Vector[]): Vector[] {
  const basis: Vector[] = [];
  for (const column of columns) {
    const rest = without(basis, column);
    const length = Math.sqrt(dot(rest, rest));
    if (length > 1e-9) basis.push(rest.map((value) => value / length));
  }
  return basis;
}
