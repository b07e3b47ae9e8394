import { linearRegression, studentQuantile, sumOf } from "./statistics.ts";
import { CONFIDENCE } from "./trial_samples.ts";

/** A figure at each size, in logarithms, so that all sizes have the same weight. */
export interface LogPoints {
  /** (n) ln m, ascending, at least three different ones. */
  readonly x: readonly number[];
  /** (n) ln of the figure there. */
  readonly y: readonly number[];
}

/** y = level + ln(ratio + exp(shape)): a constant, and a shape that grows or falls with m. */
interface ShapeFit {
  /** The constant as a multiple of the shape's part at the first size; 0 = none. */
  readonly ratio: number;
  readonly level: number;
  /** Sum of the squared residuals, natural log units. */
  readonly squares: number;
}

/** value(m) = constant + scale · m^exponent. */
export interface PowerFit {
  readonly exponent: number;
  readonly constant: number;
  readonly scale: number;
  readonly squares: number;
}

/** Which laws may be fitted. */
export interface PowerModel {
  /** The range of exponents that is searched for a law with a constant: from 0, or up to 0. */
  readonly from: number;
  readonly to: number;
  /** Whether there may be a constant > 0; without one, the law is a line in log-log. */
  readonly withConstant: boolean;
}

/** The best fits of one model, with the interval of the exponent. */
export interface PowerLaw {
  readonly best: PowerFit;
  /** The best without a constant. */
  readonly pure: PowerFit;
  /** Sizes less the parameters of `best`; a constant of 0 is no parameter. */
  readonly degrees: number;
  /** The greatest sum of squares that is not excluded, at `CONFIDENCE`. */
  readonly limit: number;
  /** Exponents between these are not excluded; the end of the model's range where no end is. */
  readonly low: number;
  readonly high: number;
}

/** Least squares of y on a shape without a constant: the level is a mean. */
export function fitLevel(shape: readonly number[], y: readonly number[]): ShapeFit {
  return fitRatio(0, shape.map(Math.exp), y);
}

/**
 * The best constant ≥ 0 for one shape. `shape` (n) holds ln of the shape over that at the first size. At a fixed ratio
 * the level is a mean, so one unknown is left.
 */
export function fitConstant(shape: readonly number[], y: readonly number[]): ShapeFit {
  const grown = shape.map(Math.exp);
  // From a thousandth of the shape's least part, which no timing shows, to a hundred times its greatest.
  const from = Math.min(...shape) - Math.log(1000);
  const to = Math.max(...shape) + Math.log(100);
  const found = minimum((log) => fitRatio(Math.exp(log), grown, y).squares, from, to, 10);
  const [none, some] = [fitRatio(0, grown, y), fitRatio(Math.exp(found), grown, y)];
  return some.squares < none.squares ? some : none;
}

function fitRatio(ratio: number, grown: readonly number[], y: readonly number[]): ShapeFit {
  const n = y.length;
  const logs = grown.map((value) => Math.log(ratio + value));
  let level = 0;
  for (let i = 0; i < n; i++) level += y[i] - logs[i];
  level /= n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (y[i] - logs[i] - level) ** 2;
  return { ratio, level, squares };
}

/** The best law with this exponent. */
export function fitScale({ x, y }: LogPoints, model: PowerModel, exponent: number): PowerFit {
  const shape = x.map((xi) => exponent * (xi - x[0]));
  const mayHave = model.withConstant && model.from <= exponent && exponent <= model.to;
  const { ratio, level, squares } = mayHave ? fitConstant(shape, y) : fitLevel(shape, y);
  const first = Math.exp(level);
  const scale = Math.exp(level - exponent * x[0]);
  return { exponent, constant: ratio * first, scale, squares };
}

/**
 * Fits value = constant + scale · m^exponent by least squares of logarithms. At a fixed exponent and constant the scale
 * is a mean (variable projection: Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973, p. 413), so the search for the
 * constant lies within that for the exponent.
 *
 * The interval of the exponent follows from the profile likelihood (Bates and Watts, Nonlinear Regression Analysis and
 * Its Applications, 1988, section 6.1). It holds every exponent whose best fit, over all constants ≥ 0, has squares ≤
 * least · (1 + t² / degrees). For a line that is the textbook's interval. It includes not knowing whether there is a
 * constant: choosing a model first and taking its interval covers too little.
 */
export function fitPowerLaw(points: LogPoints, model: PowerModel): PowerLaw {
  const { x, y } = points;
  const at = (exponent: number): PowerFit => fitScale(points, model, exponent);
  const { slope, intercept } = linearRegression(x, y);
  const pure = {
    exponent: slope,
    constant: 0,
    scale: Math.exp(intercept),
    squares: x.reduce((sum, xi, i) => sum + (y[i] - intercept - slope * xi) ** 2, 0),
  };
  const found = model.withConstant
    ? at(minimum((k) => at(k).squares, model.from, model.to, 30))
    : pure;
  const best = found.constant > 0 && found.squares < pure.squares ? found : pure;
  const degrees = x.length - (best.constant > 0 ? 3 : 2);
  const t = studentQuantile((1 + CONFIDENCE) / 2, degrees);
  const limit = best.squares * (1 + t * t / degrees);

  // Without a constant, the squares are a parabola of the exponent.
  const center = sumOf(x, (xi) => xi) / x.length;
  const spread = sumOf(x, (xi) => (xi - center) ** 2);
  const half = Math.sqrt(Math.max(0, limit - pure.squares) / spread);
  let [low, high] = [pure.exponent - half, pure.exponent + half];
  if (model.withConstant) {
    const isExcluded = (k: number) => at(k).squares > limit;
    // A constant moves the exponent of the rest away from 0, so the other side does not change.
    if (model.from < 0) low = Math.min(low, edge(best.exponent, model.from, isExcluded));
    else high = Math.max(high, edge(best.exponent, model.to, isExcluded));
    if (limit < pure.squares) {
      if (model.from < 0) high = edge(best.exponent, model.to, isExcluded);
      else low = edge(best.exponent, model.from, isExcluded);
    }
  }
  return { best, pure, degrees, limit, low, high };
}

/** The last value from `inside` towards `end` that is not excluded. */
export function edge(inside: number, end: number, isExcluded: (value: number) => boolean): number {
  if (!isExcluded(end)) return end;
  let [kept, excluded] = [inside, end];
  for (let i = 0; i < 18; i++) {
    const middle = (kept + excluded) / 2;
    if (isExcluded(middle)) excluded = middle;
    else kept = middle;
  }
  return kept;
}

/** Golden section: the share of an interval that a step leaves out. */
const GOLDEN = (3 - Math.sqrt(5)) / 2;

/** Where f is least between `from` and `to`: the best of a grid, then `steps` of a golden section around it. */
export function minimum(
  f: (value: number) => number,
  from: number,
  to: number,
  grid: number,
  steps = 24,
): number {
  const step = (to - from) / grid;
  let best = from;
  let least = Infinity;
  for (let i = 0; i <= grid; i++) {
    const value = f(from + i * step);
    if (value < least) [best, least] = [from + i * step, value];
  }
  let [low, high] = [Math.max(from, best - step), Math.min(to, best + step)];
  let [a, b] = [low + GOLDEN * (high - low), high - GOLDEN * (high - low)];
  let [fa, fb] = [f(a), f(b)];
  for (let i = 0; i < steps; i++) {
    if (fa <= fb) {
      [high, b, fb] = [b, a, fa];
      a = low + GOLDEN * (high - low);
      fa = f(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = high - GOLDEN * (high - low);
      fb = f(b);
    }
  }
  return Math.min(fa, fb) <= least ? (fa <= fb ? a : b) : best;
}
