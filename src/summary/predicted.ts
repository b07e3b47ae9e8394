import { isJavaScript } from "../base/runtime.ts";
import type { Plan } from "../format/plan.ts";
import { known } from "../base/known.ts";
import type { CellSummary, Predicted, Problem, Series } from "../format/summary.ts";
import { type Cell, cellKey } from "../format/trial_record.ts";
import { predictAt, predictFromTwo } from "../stats/hold_out.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";
import { problemKey } from "./problem_key.ts";
import { modelOfTime, pointsOf, type TimedSize } from "./scaling_law.ts";

/** A law takes three sizes to show its error; with two, the other series of the run show it. */
const LEAST_SIZES = 2;

interface Asked {
  readonly plan: Plan;
  readonly series: Series;
  /** Index of `series`. */
  readonly place: number;
  /** Cells of the series that were measured. */
  readonly measured: readonly Cell[];
  /** Their times, over all seeds. */
  readonly sizes: readonly TimedSize[];
  /** The times of each other series. */
  readonly others: readonly (readonly TimedSize[])[];
  readonly problems: readonly Problem[];
  /** Whether a cell without any record will never be run. */
  readonly isComplete: boolean;
}

/**
 * Times of cells that the plan's sizes and seeds ask for and that were not run, or were skipped as too slow: what the
 * law of their series gives there, with the interval of a new measurement.
 */
export function predictedOf(asked: Asked): Predicted[] {
  const { plan, series, place, measured, sizes, others, problems, isComplete } = asked;
  if (sizes.length < LEAST_SIZES) return [];
  const found = new Set(measured.map(cellKey));
  const troubles = Map.groupBy(problems, ({ cell }) => cellKey(cell));
  const like = measured[0];
  const cells = plan.sizes.flatMap((examples) =>
    plan.seeds.map((seed): Cell => ({
      ...like,
      examples,
      seed,
      batchSize: series.batch === "full" ? examples : like.batchSize,
    }))
  );
  const points = pointsOf(sizes);
  return cells.filter((cell) => {
    if (found.has(cellKey(cell)) || cell.batchSize > cell.examples) return false;
    const own = troubles.get(cellKey(cell)) ?? [];
    return own.length === 0 ? isComplete : own.every(isTooSlow);
  }).flatMap((cell) => {
    const m = Math.log(cell.examples);
    const at = sizes.length > 2
      ? predictAt(points, m, modelOfTime(sizes.length))
      : predictFromTwo(points, m, others.map(pointsOf));
    if (at === undefined) return [];
    const [value, low, high] = [at.value, at.low, at.high].map(Math.exp);
    return [{ cell, series: place, nsPerEpoch: { value, low, high, confidence: CONFIDENCE } }];
  });
}

/** Adds to each cell its speed over the baseline where that was only predicted. */
export const withPredictedSpeedups = (
  cells: readonly CellSummary[],
  predicted: readonly Predicted[],
  { baseline }: Plan,
  otherModels: ReadonlySet<number>,
): CellSummary[] =>
  cells.map((one) => {
    const isCompared = one.speedup !== undefined || otherModels.has(one.series);
    const base = isCompared
      ? undefined
      : predicted.find(({ cell }) =>
        cell.implementation === baseline && problemKey(cell) === problemKey(one.cell) &&
        (cell.runtime === one.cell.runtime || !isJavaScript(one.cell.runtime))
      );
    return known({
      ...one,
      predictedSpeedup: base && base.nsPerEpoch.value / one.nsPerEpoch.value,
    });
  });

const isTooSlow = ({ status, reasons }: Problem): boolean =>
  status === "skipped" && reasons.some(({ kind }) => kind === "over-budget");
