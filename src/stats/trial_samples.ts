import { weightedMedian } from "./statistics.ts";

/** The steady samples of one trial. */
export interface TrialSamples {
  readonly round: number;
  /** (samples) ns per epoch, ascending; at least one. */
  readonly sorted: Float64Array;
  /** 0 to 1: less where its median is worse known than trials of a cell differ; absent: 1. */
  readonly weight?: number;
  /** The node that measured it; absent in a run of one machine. */
  readonly node?: string;
  /** So many trials of a cell on one node, put together (`byNode`); absent: it is one. */
  readonly trials?: number;
}

export const weightOf = ({ weight = 1 }: TrialSamples): number => weight;

/** Equal for trials that share the machine's pace: those of one round on one node, or those that stand for a node. */
export function blockOf({ round, node, trials }: TrialSamples): number | string {
  if (node === undefined) return round;
  return trials === undefined ? `${node}\n${round}` : node;
}

/** The confidence of intervals of times, exponents and other single figures. */
export const CONFIDENCE = 0.95;

/** The median of a trial's steady samples, ns per epoch. */
export function sampleMedian({ sorted }: Pick<TrialSamples, "sorted">): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The median over the trials, by their weights, of the median over each trial's samples. */
export const medianOfMedians = (trials: readonly TrialSamples[]): number =>
  weightedMedian(trials.map(sampleMedian), trials.map(weightOf));
