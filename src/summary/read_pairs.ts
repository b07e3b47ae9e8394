import { known } from "../base/known.ts";
import { type Pair, type Ratio, ratiosWithin } from "../stats/ratio.ts";
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
      epochs: a.epochs,
      kernel: series.join(" "),
      series: [series[0], series[1]] as const,
      shown: a.ns !== undefined && b.ns !== undefined ? Math.log(b.ns / a.ns) : undefined,
    }));
  }
  const readings = judge(ratiosOf(pairs), { threshold: noiseFloor, alpha: ALPHA });
  return (a, b) => {
    const [first, second] = inOrder(a, b);
    const place = places.get(first.steady)?.get(second.steady);
    if (place === undefined) throw new RangeError("Cannot read a pair: it was not asked for");
    return first === a ? readings[place] : reversed(readings[place]);
  };
}

/**
 * Times of an epoch and totals are the same trials twice, the more alike the shorter set-up is. So each estimates its
 * scatter without the other: together they would look like twice as many independent cells. Of two programs at one size,
 * which leave R − 1 degrees of freedom over R rounds or nodes, they made 3 (R − 1).
 */
function ratiosOf(pairs: readonly (Pair & Pick<Side, "epochs">)[]): Ratio[] {
  const ratios = new Array<Ratio>(pairs.length);
  for (const places of Map.groupBy(pairs.keys(), (i) => pairs[i].epochs).values()) {
    ratiosWithin(places.map((i) => pairs[i])).forEach((ratio, k) => ratios[places[k]] = ratio);
  }
  return ratios;
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
