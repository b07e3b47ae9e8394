import { median } from "./statistics.ts";
import { changepoints, noiseDeviation } from "./changepoints.ts";

/**
 * The course of one process's times: `flat` throughout; `warm-up`, slower at first; `slowdown`, faster at first; `no
 * steady state`, still changing at the end (Barrett, Bolz-Tereick, Killick, Mount and Tratt, Virtual Machine Warmup
 * Blows Hot and Cold, OOPSLA 2017, section 4).
 */
export const STEADINESS = ["flat", "warm-up", "slowdown", "no steady state"] as const;
export type Steadiness = (typeof STEADINESS)[number];

/** Fewer samples show no course. */
const LEAST_SAMPLES = 10;
/** Above this, medians of neighbours replace the samples, which bounds the time that PELT takes. */
const MOST_VALUES = 1000;
/** Shorter segments are outliers, not levels. */
const LEAST_SEGMENT = 3;
/** Values farther from the median, in deviations, are moved to this distance: a pause is no level. */
const WINSOR = 5;
/**
 * What a change must save, in units of log n · deviation². Independent normal noise would need 2 to 3, but neighbouring
 * samples are correlated (0.44 in the example run) and have heavy tails. With this, 2 % of stationary traces like those
 * of the example run are called anything but flat.
 */
const PENALTY = 12;
/** Levels that differ by less are the same. */
const EQUIVALENT = 1.02;
/** The last level must cover this share of the samples (500 of 2000 in Barrett et al.). */
const LEAST_STEADY_SHARE = 0.25;

/**
 * Finds where the steady part of a trial begins. `samples` are times of equal amounts of work, in the order taken.
 * `from` is the index of the first steady sample: 0 when flat, not steady or unknown. Too few samples have no course.
 */
export function steadyPart(
  samples: readonly number[],
): { steadiness: Steadiness | undefined; from: number } {
  const n = samples.length;
  if (n < LEAST_SAMPLES) return { steadiness: undefined, from: 0 };
  const width = Math.ceil(n / MOST_VALUES);
  const logs = Array.from(
    { length: Math.floor(n / width) },
    // The last value takes in the remainder.
    (_, i) => Math.log(median(samples.slice(i * width, i + 2 > n / width ? n : (i + 1) * width))),
  );
  const changes = changepoints(standardised(logs), PENALTY * Math.log(logs.length), LEAST_SEGMENT);
  const starts = [0, ...changes];
  const levels = starts.map((start, k) => median(logs.slice(start, starts[k + 1])));
  const last = levels[levels.length - 1];
  const isSame = levels.map((level) => Math.abs(level - last) <= Math.log(EQUIVALENT));
  const other = isSame.lastIndexOf(false);
  if (other < 0) return { steadiness: "flat", from: 0 };
  const start = starts[other + 1];
  if (logs.length - start < LEAST_STEADY_SHARE * logs.length) {
    return { steadiness: "no steady state", from: 0 };
  }
  const isFaster = levels.some((level, k) => !isSame[k] && level < last);
  return { steadiness: isFaster ? "slowdown" : "warm-up", from: start * width };
}

/** (n) winsorised, in units of the noise's deviation. */
function standardised(logs: readonly number[]): number[] {
  const deviation = noiseDeviation(logs);
  const center = median(logs);
  return logs.map((value) => {
    return Math.min(Math.max((value - center) / deviation, -WINSOR), WINSOR);
  });
}
