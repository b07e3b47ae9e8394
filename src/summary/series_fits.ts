import { known } from "../base/known.ts";
import type { Bounded } from "../format/interval.ts";
import { mean } from "../stats/statistics.ts";
import type { RunFile } from "../format/plan.ts";
import { outgrownCache } from "../machine/outgrown_cache.ts";
import { fitLearningCurve } from "./learning_curve.ts";
import { scalingLaw, type TimedSize } from "./scaling_law.ts";
import { scatterOf } from "../stats/scatter.ts";
import type { LearningCurve, ScalingLaw } from "../format/laws.ts";
import type { CellSummary } from "../format/summary.ts";
import { medianOfMedians, type TrialSamples } from "../stats/trial_samples.ts";

/** What the fits need of a cell. */
interface SeriesCell {
  readonly summary: Pick<CellSummary, "cell" | "testAccuracy">;
  readonly steady: readonly TrialSamples[];
  readonly series: number;
}

/** An exponent this uncertain does not tell constant time from proportional time, nor that from m². */
const VAGUE = 1;
const isVague = ({ low = -Infinity, high = Infinity }: Pick<Bounded, "low" | "high">): boolean =>
  high - low > VAGUE;

/** How time grows with m, all seeds together; empty with fewer than three m, and where the exponent may be anything. */
export function scalingLawOf(
  run: RunFile,
  cells: readonly SeriesCell[],
  series: number,
): ScalingLaw[] {
  const groups = byExamples(cells, series);
  const law = scalingLaw(
    timesOf(cells, series),
    scatterOf(cells.filter((one) => one.series === series).map(({ steady }) => steady)),
  );
  if (law === undefined || isVague(law.exponent)) return [];
  const { breakpoint } = law;
  if (breakpoint === undefined || breakpoint.factor.value < 1) return [{ series, ...law }];
  const [after, before] = [breakpoint.after, breakpoint.before]
    .map((m) => groups.find(([examples]) => examples === m)![1][0].summary.cell);
  const cache = outgrownCache(run, after, before);
  return [{ series, ...law, breakpoint: known({ ...breakpoint, cache }) }];
}

/** The time of a series at each m, over all trials and seeds. */
export const timesOf = (cells: readonly SeriesCell[], series: number): TimedSize[] =>
  byExamples(cells, series).map(([examples, alike]) => ({
    examples,
    nsPerEpoch: medianOfMedians(alike.flatMap(({ steady }) => steady)),
  }));

/** How test error falls with m, from means over the seeds. */
export function learningCurveOf(cells: readonly SeriesCell[], series: number): LearningCurve {
  const points = byExamples(cells, series).map(([examples, alike]) => ({
    examples,
    testAccuracy: mean(alike.map(({ summary }) => summary.testAccuracy)),
  }));
  const { fit, ...rest } = fitLearningCurve(points);
  return known({ series, points, ...rest, fit: fit && withoutVague(fit, points) });
}

/** A floor this uncertain, as a share of the least error, leaves open whether more examples help at all. */
const VAGUE_FLOOR = 0.5;

/** The fit without intervals that exclude next to nothing. */
function withoutVague(
  { floorInterval, decayInterval, ...fit }: NonNullable<LearningCurve["fit"]>,
  points: LearningCurve["points"],
): LearningCurve["fit"] {
  const least = Math.min(...points.map(({ testAccuracy }) => 1 - testAccuracy));
  const width = (floorInterval?.high ?? Infinity) - (floorInterval?.low ?? 0);
  return known({
    ...fit,
    decayInterval: decayInterval && !isVague(decayInterval) ? decayInterval : undefined,
    floorInterval: width <= VAGUE_FLOOR * least ? floorInterval : undefined,
  });
}

/** The cells of one series by m, ascending. */
function byExamples(cells: readonly SeriesCell[], series: number): [number, SeriesCell[]][] {
  const groups = Map.groupBy(
    cells.filter((one) => one.series === series),
    ({ summary }) => summary.cell.examples,
  );
  return [...groups].sort(([a], [b]) => a - b);
}
