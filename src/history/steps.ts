import { known } from "../base/known.ts";
import { median, medianOfKnown } from "../stats/statistics.ts";
import { changepoints, noiseDeviation } from "../stats/changepoints.ts";
import { possiblePaces } from "../summary/machine_pace.ts";
import type { Step, Trend } from "../format/history.ts";

/** Fewer runs do not show how far they scatter. */
export const FEWEST_RUNS = 6;
/** One run at another level is an outlier. */
const LEAST_SEGMENT = 2;
/**
 * What a change must save, in units of log n · deviation². In 2,000 simulated histories of normal noise without a
 * change, 3.1 % with 6 runs have a step, 2.4 % with 8, and fewer than 1 % with 12 or more. A step of 6 deviations three
 * runs before the end is found at the right place in 73, 83 and 91 %.
 */
const PENALTY = 10;
const FARTHEST = 5;
/** Levels that differ by less are the same. */
const LEAST_RATIO = 1.03;

/**
 * Where the level of a trend changed, by PELT (`changepoints`) on the logarithms of its times. Differences of
 * neighbouring runs give the noise. Undefined for fewer than `FEWEST_RUNS` points.
 */
export function findSteps(points: Trend["points"]): Step[] | undefined {
  const n = points.length;
  if (n < FEWEST_RUNS) return undefined;
  const logs = points.map(({ nsPerEpoch }) => Math.log(nsPerEpoch));
  let starts = [0, ...changepoints(limited(logs), PENALTY * Math.log(n), LEAST_SEGMENT)];
  const levelOf = (values: readonly number[], k: number) =>
    median(values.slice(starts[k], starts[k + 1]));
  // Neighbours that differ too little are merged, the nearest first: their common level may differ from the next.
  for (;;) {
    const gaps = starts.slice(1).map((_, k) => Math.abs(levelOf(logs, k + 1) - levelOf(logs, k)));
    const least = Math.min(...gaps);
    if (gaps.length === 0 || least >= Math.log(LEAST_RATIO)) break;
    starts = starts.toSpliced(gaps.indexOf(least) + 1, 1);
  }
  return starts.slice(1).map((start, k) => {
    const ratio = Math.exp(levelOf(logs, k + 1) - levelOf(logs, k));
    const [before, after] = [
      points.slice(starts[k], start),
      points.slice(start, starts[k + 2]),
    ].map((level) => medianOfKnown(level.map(({ yardstickNs }) => yardstickNs)));
    const yardstickRatio = before !== undefined && after !== undefined ? after / before : undefined;
    const cause = causeOf(ratio, yardstickRatio);
    return known({ before: start - 1, after: start, ratio, yardstickRatio, cause });
  });
}

/**
 * (n) in units of the noise's deviation. A run farther than `FARTHEST` from the median of itself and the two on either
 * side is moved to that distance: one run is no level. The median of all would not do for a long history.
 */
function limited(logs: readonly number[]): number[] {
  const deviation = noiseDeviation(logs);
  return logs.map((value, i) => {
    const near = median(logs.slice(Math.max(0, i - 2), i + 3)) / deviation;
    return Math.min(Math.max(value / deviation, near - FARTHEST), near + FARTHEST);
  });
}

/** "machine" where a pace that the machine may have had brings the levels together. */
function causeOf(ratio: number, yardstickRatio: number | undefined): Step["cause"] {
  if (yardstickRatio === undefined) return "unknown";
  const paces = possiblePaces({ source: "yardstick", ratio: yardstickRatio, from: 1 });
  const [low, high] = [Math.min(...paces) / LEAST_RATIO, Math.max(...paces) * LEAST_RATIO];
  return ratio >= low && ratio <= high ? "machine" : "code";
}
