import { known } from "../base/known.ts";
import { type Pair, ratiosWithin } from "../stats/ratio.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { ALPHA, judge, type Reading, type SpeedVerdict } from "../stats/verdict.ts";

/** One side of a pair of cells of the same run. */
export interface Side {
  readonly steady: readonly TrialSamples[];
  /** Pairs of the same two series are pooled. */
  readonly series: number;
  /** The samples are totals of set-up and so many epochs, which scatter in their own way; absent: of one epoch. */
  readonly epochs?: number;
  /** The time that tables show; absent: that of the trials. */
  readonly ns?: number;
}

/** What is said of b against a, a pair that was asked for in either order. */
export type ReadPair = (a: Side, b: Side) => Reading;

/**
 * Judges all pairs of a report as one family, each pair once. Speedups, marks, choices and rivals read their intervals
 * and verdicts from it, so no two of them can disagree. Differences up to `noiseFloor` do not count (a factor less 1;
 * 0 where it is unknown).
 */
export function readPairs(
  asked: readonly (readonly [Side, Side])[],
  noiseFloor: number,
): ReadPair {
  const places = new Map<Side["steady"], Map<Side["steady"], number>>();
  const pairs: Pair[] = [];
  for (const pair of asked) {
    const [a, b] = inOrder(...pair);
    const ofA = places.get(a.steady) ?? new Map<Side["steady"], number>();
    if (ofA.has(b.steady)) continue;
    places.set(a.steady, ofA.set(b.steady, pairs.length));
    const series = [a, b].map((side) => [side.series, side.epochs].join("|"));
    pairs.push(known({
      a: a.steady,
      b: b.steady,
      kernel: series.join(" "),
      series: [series[0], series[1]] as const,
      shown: a.ns !== undefined && b.ns !== undefined ? Math.log(b.ns / a.ns) : undefined,
    }));
  }
  const readings = judge(ratiosWithin(pairs), { threshold: noiseFloor, alpha: ALPHA });
  return (a, b) => {
    const [first, second] = inOrder(a, b);
    const place = places.get(first.steady)?.get(second.steady);
    if (place === undefined) throw new RangeError("Cannot read a pair: it was not asked for");
    return first === a ? readings[place] : reversed(readings[place]);
  };
}

/** A pair has one direction, whoever asks: its kernel's pairs must lie on the same side to count together. */
const inOrder = (a: Side, b: Side): [Side, Side] => a.series <= b.series ? [a, b] : [b, a];

const reversed = (reading: Reading): Reading => ({
  ...reading,
  ratio: 1 / reading.ratio,
  ...(reading.interval && { interval: [1 / reading.interval[1], 1 / reading.interval[0]] }),
  verdict: OPPOSITE[reading.verdict],
});

const OPPOSITE: Record<SpeedVerdict, SpeedVerdict> = {
  faster: "slower",
  same: "same",
  slower: "faster",
  unresolved: "unresolved",
};
