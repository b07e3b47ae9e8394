import { medianAbsoluteDeviation, sumOf } from "../stats/statistics.ts";
import { atLeast, type Spread, sumOfSpreads } from "../stats/moderate.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { type Steadiness, steadyPart } from "../stats/steadiness.ts";
import {
  CONFIDENCE,
  medianOfMedians,
  type TrialSamples,
  weightOf,
} from "../stats/trial_samples.ts";
import { disturbanceOf, undisturbed } from "./disturbance.ts";
import { type Center, halfWidth, logTime } from "../stats/log_time.ts";
import type { Estimate } from "../format/interval.ts";

/** The steady samples of one trial. */
export interface SteadyTrial extends TrialSamples {
  /** Samples before the steady part, which are left out. */
  readonly warmupSamples: number;
  /** The course of the trial; undefined with too few samples, or where they are sorted. */
  readonly steadiness: Steadiness | undefined;
  /** Disturbed samples of the steady part, which were set aside. */
  readonly setAside: number;
  /** Share of the time of the samples that count for which the process waited for a CPU; 0 where that is unknown. */
  readonly waitedShare: number;
  /** (samples) the steady part with the disturbed ones, ns per epoch, ascending. */
  readonly withDisturbed: Float64Array;
}

/**
 * The steady part of a trial's samples without the disturbed ones, in ns per epoch. The engines mitata and tinybench
 * sort their samples, so nothing is cut there. Throws RangeError for a trial without samples.
 */
export function steadyTrial(trial: TrialRecord): SteadyTrial {
  const { samplesNs, epochsPerSample, engine } = trial;
  if (samplesNs.length === 0 || epochsPerSample === undefined) {
    throw new RangeError("Cannot estimate a trial: it has no samples, expected at least one");
  }
  const inOrder = engine === undefined || engine === "ordered";
  const { steadiness, from: warmupSamples } = steadyPart(inOrder ? samplesNs : []);
  const perEpoch = (places: readonly number[]) =>
    Float64Array.from(places, (i) => samplesNs[i] / epochsPerSample).sort();
  const kept = undisturbed(trial, warmupSamples);
  const steady = samplesNs.slice(warmupSamples);
  return {
    round: trial.round,
    ...(trial.node !== undefined && { node: trial.node }),
    sorted: perEpoch(kept),
    warmupSamples,
    steadiness,
    setAside: steady.length - kept.length,
    waitedShare: waitedShareOf(trial, kept),
    withDisturbed: perEpoch(steady.map((_, i) => warmupSamples + i)),
  };
}

/** Shares above this are cut: their logarithm would say that nothing is known. */
const MOST_WAITED = 0.99;

function waitedShareOf(trial: TrialRecord, kept: readonly number[]): number {
  const { waitedNs = [] } = disturbanceOf(trial) ?? {};
  const total = sumOf(kept, (i) => trial.samplesNs[i]);
  return total > 0 ? Math.min(MOST_WAITED, sumOf(kept, (i) => waitedNs[i] ?? 0) / total) : 0;
}

/** A cell and the steady samples of its trials. */
export interface MeasuredCell {
  readonly cell: Cell;
  readonly steady: readonly TrialSamples[];
}

export const measuredCell = (trials: readonly TrialRecord[]): MeasuredCell => ({
  cell: trials[0].cell,
  steady: trials.map(steadyTrial),
});

interface CellEstimate {
  readonly nsPerEpoch: Estimate;
  readonly nsPerExample: Estimate;
  /** Median absolute deviation, unscaled, over all steady samples, ns per epoch. */
  readonly madNs: number;
}

/** How the log times of trials scatter in a run. */
export interface CellScatter {
  /** Between processes of the cell's series, with strength borrowed from the others. */
  readonly process: Spread;
  /** The machine's pace over the rounds, which all cells share. */
  readonly pace: Spread;
}

/**
 * The time per epoch of a cell: the median over its trials, by their weights, of the median of each trial's steady
 * samples. It is not the median of all samples, because a trial with more samples than another is still one process
 * with one luck.
 *
 * The interval is Student's t of the trials' log medians (`logTime`), stretched to hold the value. Two or three trials
 * may agree by chance, so their variance is never taken to be below what `scatter` says of the run. It covers other
 * processes on the machine as it was, not the machine at another hour. Where nothing is known of the scatter, that of a
 * single trial covers only the noise within its process; over one sample it has no width.
 *
 * Over several nodes, each of `trials` stands for one (`byNode`), with its pace taken out. The interval is that of a node
 * of mean pace, and covers how programs differ from node to node.
 */
export function estimateCell(
  trials: readonly TrialSamples[],
  examples: number,
  scatter?: CellScatter,
): CellEstimate {
  const value = medianOfMedians(trials);
  const center = logTime(trials);
  const log = center.value;
  const half = halfWidth(scatter ? errorOf(center, trials, scatter) : center, CONFIDENCE);
  // e^ln x is not always x: without a width the interval is the value.
  const low = half === 0 ? value : Math.min(value, Math.exp(log - half));
  const high = half === 0 ? value : Math.max(value, Math.exp(log + half));
  const confidence = CONFIDENCE;
  return {
    nsPerEpoch: { value, low, high, confidence },
    nsPerExample: {
      value: value / examples,
      low: low / examples,
      high: high / examples,
      confidence,
    },
    madNs: madOf(trials),
  };
}

export const madOf = (trials: readonly TrialSamples[]): number =>
  medianAbsoluteDeviation(trials.flatMap(({ sorted }) => [...sorted]));

/** The error of a cell's log time: what the run expects of so many trials, but at least what they show. */
function errorOf(
  center: Center,
  trials: readonly TrialSamples[],
  { process, pace }: CellScatter,
): Omit<Center, "value"> {
  const weights = sumOf(trials, weightOf);
  const own = { variance: center.standardError ** 2 * weights, degrees: center.degrees };
  const expected = sumOfSpreads([process, pace]);
  if (expected.variance === 0) return center;
  // The samples of a single trial say nothing of other processes.
  const { variance, degrees } = trials.length > 1 ? atLeast(own, expected) : expected;
  return { standardError: Math.sqrt(variance / weights), degrees: Math.max(1, degrees) };
}
