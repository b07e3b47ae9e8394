import { known } from "../base/known.ts";
import { mean, sumOf } from "../stats/statistics.ts";
import { edge, fitPowerLaw, type LogPoints, minimum, type PowerLaw } from "../stats/power_law.ts";
import type { Bounded } from "../format/interval.ts";
import type { LearningCurve } from "../format/laws.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";
import { heldOutOf } from "./held_out.ts";

type Point = LearningCurve["points"][number];
type Fitted = Omit<LearningCurve, "series" | "points">;

/** Three unknowns, and one point to check the fit. */
const LEAST_SIZES = 4;
/** The exponents that are searched: decays from 0.01 to 3. */
const RANGE = { from: -3, to: -0.01 };
/** The least share of the variance that a curve must explain. */
const LEAST_EXPLAINED = 0.5;

const modelOfError = (sizes: number) => ({ ...RANGE, withConstant: sizes >= LEAST_SIZES });

/**
 * Fits test error(m) = floor + scale · m^−decay with floor ≥ 0 (a power law with a floor: Hestness et al., Deep
 * Learning Scaling is Predictable, Empirically, 2017, section 2) by least squares of the error's logarithm, because
 * the scatter over seeds shrinks with the error. Over six seeds on MNIST it was 16 % of the error at m = 1,000 and 1 to
 * 6 % from 8,000 on.
 *
 * The intervals of decay and floor follow from the profile likelihood (`fitPowerLaw`). A side is absent where nothing
 * is excluded; decays above 3 are not searched.
 *
 * There is no fit with fewer than four sizes, with an error of 0, or where no falling curve explains half of the
 * variance.
 */
export function fitLearningCurve(points: readonly Point[]): Fitted {
  const sorted = points.toSorted((a, b) => a.examples - b.examples);
  const sizes = new Set(sorted.map(({ examples }) => examples)).size;
  if (sizes < LEAST_SIZES) {
    return { noFit: { kind: "few-sizes", sizes, needed: LEAST_SIZES } };
  }
  const errors = sorted.map(({ testAccuracy }) => 1 - testAccuracy);
  if (errors.some((error) => error <= 0)) return { noFit: { kind: "no-error" } };
  const data: LogPoints = {
    x: sorted.map(({ examples }) => Math.log(examples)),
    y: errors.map(Math.log),
  };
  const law = fitPowerLaw(data, modelOfError(sorted.length));
  const { constant: floor, scale, exponent, squares } = law.best;
  const average = mean(data.y);
  const variance = sumOf(data.y, (yi) => (yi - average) ** 2);
  const isFalling = exponent < 0 && 1 - squares / variance >= LEAST_EXPLAINED;
  if (!isFalling) return { noFit: { kind: "not-falling" } };

  const fitted = sorted.map(({ examples }) => floor + scale * examples ** exponent);
  const last = sorted[sorted.length - 1];
  const heldOut = sizes > LEAST_SIZES
    ? heldOutOf(data, modelOfError, last.examples, 1 - last.testAccuracy)
    : undefined;
  return known({
    fit: {
      floor,
      scale,
      decay: -exponent,
      residual: Math.sqrt(mean(errors.map((error, i) => (error - fitted[i]) ** 2))),
      decayInterval: known({
        value: -exponent,
        low: law.high < 0 ? -law.high : undefined,
        high: law.low > RANGE.from ? -law.low : undefined,
        confidence: CONFIDENCE,
      }),
      floorInterval: floorInterval(data, law),
    },
    heldOut,
  });
}

/** All floors with which the best curve stays within the law's limit. */
function floorInterval({ x, y }: LogPoints, law: PowerLaw): Bounded {
  const { best, pure, limit } = law;
  // Decays outside the law's interval are excluded for every floor.
  const from = Math.max(law.low, RANGE.from);
  const to = Math.max(from, Math.min(law.high, RANGE.to));
  const isExcluded = (floor: number): boolean => {
    const squaresOf = (exponent: number): number => {
      const falling = x.map((xi) => Math.exp(exponent * (xi - x[0])));
      const at = (logScale: number): number => {
        const scale = Math.exp(logScale);
        return y.reduce(
          (sum, yi, i) => sum + (yi - Math.log(floor + scale * falling[i])) ** 2,
          0,
        );
      };
      // At the first size, the falling part may be anything from e⁻⁷ to e times the error.
      return at(minimum(at, y[0] - 7, y[0] + 1, 12, 18));
    };
    return squaresOf(minimum(squaresOf, from, to, 8, 10)) > limit;
  };
  const value = best.constant;
  const lowest = Math.exp(Math.min(...y));
  const inside = value > 0 ? value : lowest / 1000;
  // Noise may have lowered the lowest point, so the search goes up to twice its error.
  const high = edge(inside, 2 * lowest, isExcluded);
  return {
    value,
    low: pure.squares <= limit ? 0 : edge(value, lowest / 1000, isExcluded),
    ...(high < 2 * lowest && { high }),
    confidence: CONFIDENCE,
  };
}
