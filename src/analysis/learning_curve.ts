import { linearRegression, mean } from "../base/statistics.ts";
import type { LearningCurve } from "./summary.ts";

type Point = LearningCurve["points"][number];
type Fit = NonNullable<LearningCurve["fit"]>;

/** Three unknowns, and one point to tell whether they fit. */
const LEAST_SIZES = 4;
const DECAYS = { from: 0.01, to: 3, steps: 120 };
/** A curve that explains less of the variance than this says nothing about the points. */
const LEAST_EXPLAINED = 0.5;

/**
 * Fits test error(m) = floor + scale · m^−decay to the points by least squares, with floor ≥ 0, scale > 0 and
 * 0.01 ≤ decay ≤ 3 (a power law with a floor: Hestness et al., Deep Learning Scaling is Predictable,
 * Empirically, 2017, section 2). At a fixed decay the other two are a line in m^−decay, so one unknown is left:
 * a grid of decays, then a golden section around the best.
 *
 * Returns undefined with fewer than four sizes, and when no falling curve explains at least half of the
 * variance: a network that never learned, or noise.
 */
export function fitLearningCurve(points: readonly Point[]): Fit | undefined {
  if (new Set(points.map(({ examples }) => examples)).size < LEAST_SIZES) return undefined;
  const sizes = points.map(({ examples }) => examples);
  const errors = points.map(({ testAccuracy }) => 1 - testAccuracy);
  const average = mean(errors);
  const variance = mean(errors.map((error) => (error - average) ** 2));

  // Even steps of log decay: the difference between 0.1 and 0.2 matters more than between 2.1 and 2.2.
  const { from, to, steps } = DECAYS;
  const step = Math.log(to / from) / steps;
  const at = (logDecay: number) => fitAt(Math.exp(logDecay), sizes, errors);
  let best = Math.log(from);
  for (let i = 1; i <= steps; i++) {
    const candidate = Math.log(from) + i * step;
    if (at(candidate).residual < at(best).residual) best = candidate;
  }
  let low = Math.max(Math.log(from), best - step);
  let high = Math.min(Math.log(to), best + step);
  for (let i = 0; i < 40; i++) {
    const third = (high - low) * 0.381966; // golden section
    if (at(low + third).residual <= at(high - third).residual) high -= third;
    else low += third;
  }
  const fit = at((low + high) / 2);
  const explained = 1 - fit.residual ** 2 / variance;
  return fit.scale > 0 && explained >= LEAST_EXPLAINED ? fit : undefined;
}

/** The best floor ≥ 0 and scale at one decay; `residual` is the root mean square, in error. */
function fitAt(decay: number, sizes: readonly number[], errors: readonly number[]): Fit {
  const powers = sizes.map((m) => m ** -decay);
  let { slope: scale, intercept: floor } = linearRegression(powers, errors);
  if (floor < 0) {
    // The sum of squares is convex, so the constrained minimum lies on the border: through the origin.
    floor = 0;
    const squares = powers.reduce((sum, p) => sum + p * p, 0);
    scale = powers.reduce((sum, p, i) => sum + p * errors[i], 0) / squares;
  }
  const residual = Math.sqrt(
    mean(powers.map((p, i) => (errors[i] - floor - scale * p) ** 2)),
  );
  return { floor, scale, decay, residual };
}
