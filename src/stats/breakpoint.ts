import { randomFrom } from "../base/random.ts";
import { studentQuantile } from "./statistics.ts";
import type { LogPoints, PowerFit } from "./power_law.ts";
import { CONFIDENCE } from "./trial_samples.ts";

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Between the sizes at `place` − 1 and at `place`, everything from there on takes `factor` as long. */
export interface FoundBreak {
  readonly place: number;
  readonly factor: Estimate;
  /** Chance of a break this clear, at any place, where there is none. */
  readonly pValue: number;
  /** On both sides of it. */
  readonly exponent: Estimate;
}

const LEAST_SIZES = 6;
/** Of one size alone it cannot be told whether it is a level or a slip. */
const LEAST_ASIDE = 2;
/** Simulated, 1 to 5 % of the laws without a break have one at this level: errors are not quite normal. */
const ALPHA = 0.04;
const SIMULATED = 999;

type Vector = readonly number[];

/**
 * Finds where the time per example shifts from one level to another, as where a working set outgrows a cache: y =
 * fit + ln(factor) from one size on. At each place this is an F test of one more parameter; the greatest F counts. How
 * great it gets where there is no break at all depends on nothing but the sizes and the number of parameters when
 * errors are normal, so simulating that gives the p-value (the maximum over a search needs it: Andrews, Econometrica
 * 61, 1993, p. 821; Monte Carlo tests: Dwass, Annals of Mathematical Statistics 28, 1957, p. 181).
 *
 * `fit` is the best constant + power law: a bend that a constant per epoch explains is no break. It is taken for
 * linear around itself. The interval of the factor is that at a known place; a place that was searched for
 * makes it too narrow and the factor a little too great.
 *
 * `leastVariance` is what the scatter of trials alone makes of the variance of y: a few sizes that by chance lie close
 * to a line with a step are not better known than that.
 *
 * Undefined with fewer than six sizes, and where the p-value is above 4 %.
 */
export function findBreak(
  { x, y }: LogPoints,
  fit: PowerFit,
  leastVariance: number,
): FoundBreak | undefined {
  const n = x.length;
  if (n < LEAST_SIZES) return undefined;
  const { exponent, constant, scale } = fit;
  const grown = x.map((xi) => scale * Math.exp(exponent * xi));
  const residuals = y.map((yi, i) => yi - Math.log(constant + grown[i]));
  // The derivatives of the fit: of ln T by the level, by the exponent and by the constant where there is one.
  const level = x.map(() => 1);
  const byExponent = x.map((xi, i) => xi * grown[i] / (constant + grown[i]));
  const others = [
    level,
    ...(constant > 0 ? [grown.map((value) => 1 / (constant + value))] : []),
  ];
  const basis = orthonormal([...others, byExponent]);
  const places: number[] = [];
  for (let place = LEAST_ASIDE; place <= n - LEAST_ASIDE; place++) places.push(place);
  const steps = places.map((place) => x.map((_, i) => i >= place ? 1 : 0));
  const apart = steps.map((step) => without(basis, step));
  const degrees = n - basis.length - 1;

  const greatest = (errors: Vector, leastVariance: number): { f: number; index: number } => {
    // What of the errors the parameters cannot make; the steps are apart from those already.
    const squares = basis.reduce((sum, one) => sum - dot(errors, one) ** 2, dot(errors, errors));
    let found = { f: 0, index: -1 };
    apart.forEach((step, index) => {
      const own = dot(step, step);
      // A step that the other parameters can make explains nothing of its own.
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
  let asGreat = 0;
  for (let i = 0; i < SIMULATED; i++) {
    const noise = x.map(() => random.normal());
    if (greatest(noise, 0).f >= f) asGreat++;
  }
  const pValue = (asGreat + 1) / (SIMULATED + 1);
  if (pValue > ALPHA) return undefined;

  const all = [...others, byExponent, steps[index]];
  const rest = without(orthonormal(all), residuals);
  const deviation = Math.sqrt(Math.max(dot(rest, rest) / degrees, leastVariance));
  const t = studentQuantile((1 + CONFIDENCE) / 2, degrees);
  const coefficient = (
    column: Vector,
    start: number,
    read: (value: number) => number,
  ): Estimate => {
    const own = without(orthonormal(all.filter((one) => one !== column)), column);
    const square = dot(own, own);
    const value = start + dot(own, residuals) / square;
    const half = t * deviation / Math.sqrt(square);
    return {
      value: read(value),
      low: read(value - half),
      high: read(value + half),
      confidence: CONFIDENCE,
    };
  };
  return {
    place: places[index],
    factor: coefficient(steps[index], 0, Math.exp),
    pValue,
    exponent: coefficient(byExponent, exponent, (value) => value),
  };
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** What of `vector` is at right angles to all of an orthonormal basis. */
function without(basis: readonly Vector[], vector: Vector): Vector {
  return basis.reduce((rest, one) => {
    const along = dot(rest, one);
    return rest.map((value, i) => value - along * one[i]);
  }, vector);
}

/** Gram and Schmidt, in the modified order, which rounds less. */
function orthonormal(columns: readonly Vector[]): Vector[] {
  const basis: Vector[] = [];
  for (const column of columns) {
    const rest = without(basis, column);
    const length = Math.sqrt(dot(rest, rest));
    if (length > 1e-9) basis.push(rest.map((value) => value / length));
  }
  return basis;
}
