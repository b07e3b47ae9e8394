import { gaussianProcess, type Smoothness } from "../stats/gaussian_process.ts";
import { nonNegativeFit } from "../stats/non_negative.ts";
import { quantile } from "../stats/statistics.ts";
import { type CostLaw, placeOf, type Workload } from "./cost_law.ts";

/** A time that was measured. */
export interface CostPoint {
  readonly work: Workload;
  readonly ns: number;
  /** Standard deviation of ln ns: how far other trials of the cell would give another. */
  readonly deviation: number;
}

/** A predicted time: its logarithm, and the standard deviation of that. */
export interface LogCost {
  readonly log: number;
  readonly deviation: number;
}

/** How smoothly the times of all programs leave their laws; how far the model is wrong beyond what it says. */
export interface Tuning {
  readonly smoothness: Smoothness;
  /** At least 1. */
  readonly inflation: number;
  /** Errors that it rests on. */
  readonly errors: number;
}

/** Where there is too little to tune with: times leave the law by 20 %, and do so slowly. */
const PRIOR: Smoothness = { amplitude: 0.2, lengths: [3, 2, 1.5, 3] };
const SMOOTHNESS: readonly Smoothness[] = [0.07, 0.14, 0.28, 0.56].flatMap((amplitude) =>
  [1, 3].flatMap((b) =>
    [1, 3].map((net): Smoothness => ({ amplitude, lengths: [4, b, net, 2 * net] }))
  )
);
/** Fewer errors than this tune nothing. */
const LEAST_ERRORS = 8;
/** Fewer points than this show no law. */
const LEAST_OTHERS = 3;
/** Only the nearest points count: far ones follow other laws, and more would take long. */
const MOST_POINTS = 36;
/** Rounding of the clock, and what no repetition shows. */
const LEAST_DEVIATION = 0.01;
/** Normal quantile of a 90 % interval. */
const Z90 = 1.6449;

/**
 * Predicts the time at `work` from measured points: a law of counted work, fitted to relative errors, and a smooth
 * departure from it, which a Gaussian process interpolates between logarithms. Undefined without points.
 */
export function predictCost(
  points: readonly CostPoint[],
  law: CostLaw,
  work: Workload,
  { smoothness, inflation }: Pick<Tuning, "smoothness" | "inflation">,
): LogCost | undefined {
  const near = nearest(points, work);
  if (near.length === 0) return undefined;
  const { log, deviation } = departures(near, law)(smoothness)(work);
  return { log, deviation: inflation * deviation };
}

/** The law of the points, fitted once, and what a smoothness makes of their departures from it. */
function departures(points: readonly CostPoint[], law: CostLaw) {
  const rows = points.map(({ work, ns }) => law(work).map((count) => count / ns));
  const coefficients = nonNegativeFit(rows, points.map(() => 1));
  const logOf = (work: Workload): number =>
    Math.log(law(work).reduce((sum, count, k) => sum + coefficients[k] * count, 0));
  const seen = points.map(({ work, ns, deviation }) => ({
    at: placeOf(work),
    value: Math.log(ns) - logOf(work),
    variance: Math.max(deviation, LEAST_DEVIATION) ** 2,
  }));
  return (smoothness: Smoothness) => {
    const departure = gaussianProcess(seen, smoothness);
    return (work: Workload): LogCost => {
      const { mean, variance } = departure(placeOf(work));
      return { log: logOf(work) + mean, deviation: Math.sqrt(variance) };
    };
  };
}

/**
 * Tunes the model for the question `work`, over all programs together. Points are left out as the question lies: if no
 * point has its B, all points with the left-out B go; the same holds for its network and its m. What the others predict
 * there, between them if the question lies between the points, is judged by the density that the model gave it, with wide tails, so that a disturbed cell
 * does not decide. The 90 % quantile of the errors, in deviations, is the inflation.
 */
export function tune(
  programs: readonly (readonly CostPoint[])[],
  law: CostLaw,
  work: Workload,
): Tuning {
  const tests = programs.flatMap((points) => heldOut(nearest(points, work), work))
    .map(({ others, point }) => ({ point, predict: departures(others, law) }));
  if (tests.length < LEAST_ERRORS) return { smoothness: PRIOR, inflation: 1, errors: tests.length };
  const errorsOf = (smoothness: Smoothness) =>
    tests.map(({ point, predict }) => {
      const { log, deviation } = predict(smoothness)(point.work);
      const scale = Math.hypot(deviation, Math.max(point.deviation, LEAST_DEVIATION));
      return { error: (Math.log(point.ns) - log) / scale, scale };
    });
  const judged = SMOOTHNESS.map((smoothness) => {
    const errors = errorsOf(smoothness);
    const density = errors.reduce(
      (sum, { error, scale }) => sum + logDensity(error) - Math.log(scale),
      0,
    );
    return { smoothness, errors, density };
  });
  const best = judged.reduce((a, b) => b.density > a.density ? b : a);
  const sizes = best.errors.map(({ error }) => Math.abs(error));
  return {
    smoothness: best.smoothness,
    inflation: Math.max(1, quantile(sizes, 0.9) / Z90),
    errors: tests.length,
  };
}

/** Student's density of 4 degrees of freedom, up to a constant. */
const logDensity = (t: number): number => -2.5 * Math.log(1 + t * t / 4);

type Part = "examples" | "batchSize" | "network";
const PARTS: readonly Part[] = ["examples", "batchSize", "network"];
const partOf = (work: Workload, part: Part): string =>
  part === "network" ? work.layerSizes.join("-") : String(work[part]);

/** Points of one program with the points that may predict them: those that are as strange to them as to the question. */
function heldOut(points: readonly CostPoint[], work: Workload) {
  const strange = PARTS.filter((part) =>
    !points.some((point) => partOf(point.work, part) === partOf(work, part))
  );
  // Time is nearly proportional to m: where B or the network is strange too, m adds little to the error.
  const parts = strange.length > 1 ? strange.filter((part) => part !== "examples") : strange;
  return points.map((point) => ({
    point,
    others: points.filter((other) =>
      parts.length === 0
        ? other !== point && cellOf(other.work) !== cellOf(point.work)
        : parts.every((part) => partOf(other.work, part) !== partOf(point.work, part))
    ),
  })).filter(({ point, others }) =>
    others.length >= LEAST_OTHERS && isBetween(work, points) === isBetween(point.work, others)
  );
}

const cellOf = (work: Workload): string => PARTS.map((part) => partOf(work, part)).join("|");

/** Whether the points surround a place in each of its coordinates. */
export function isBetween(work: Workload, points: readonly CostPoint[]): boolean {
  const places = points.map((point) => placeOf(point.work));
  return placeOf(work).every((value, k) =>
    places.some((place) => place[k] <= value + 1e-9) &&
    places.some((place) => place[k] >= value - 1e-9)
  );
}

/** The points nearest to a place, each coordinate in units of its range. */
function nearest(points: readonly CostPoint[], work: Workload): readonly CostPoint[] {
  if (points.length <= MOST_POINTS) return points;
  const at = placeOf(work);
  const places = points.map((point) => placeOf(point.work));
  const ranges = at.map((_, k) => {
    const values = places.map((place) => place[k]);
    return Math.max(...values) - Math.min(...values) || 1;
  });
  const distance = (place: readonly number[]): number =>
    place.reduce((sum, value, k) => sum + ((value - at[k]) / ranges[k]) ** 2, 0);
  return points.map((point, i) => ({ point, far: distance(places[i]) }))
    .sort((a, b) => a.far - b.far).slice(0, MOST_POINTS).map(({ point }) => point);
}
