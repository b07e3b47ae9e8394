import { medianAbsoluteDeviation } from "../stats/statistics.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { type Steadiness, steadyPart } from "../stats/steadiness.ts";
import { CONFIDENCE, medianOfMedians, type TrialSamples } from "../stats/trial_samples.ts";
import { undisturbed } from "./disturbance.ts";
import { halfWidth, logTime } from "../stats/log_time.ts";
import type { Estimate } from "../format/interval.ts";

/** The steady samples of one trial. */
export interface SteadyTrial extends TrialSamples {
  /** Samples before the steady part, which are left out. */
  readonly warmupSamples: number;
  /** The course of the trial; undefined with too few samples, or where they are sorted. */
  readonly steadiness: Steadiness | undefined;
  /** Disturbed samples of the steady part, which were set aside. */
  readonly setAside: number;
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
    sorted: perEpoch(kept),
    warmupSamples,
    steadiness,
    setAside: steady.length - kept.length,
    withDisturbed: perEpoch(steady.map((_, i) => warmupSamples + i)),
  };
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

/**
 * The time per epoch of a cell: the median over its trials of the median of each trial's steady samples. It is not the
 * median of all samples, because a trial with more samples than another is still one process with one luck.
 *
 * The interval is Student's t of the trials' log medians (`logTime`), stretched to hold the value. It covers other
 * processes on the machine as it was, not the machine at another hour. Over a single trial it covers only the noise
 * within that process; over one sample it has no width.
 */
export function estimateCell(
  trials: readonly TrialSamples[],
  examples: number,
): CellEstimate {
  const value = medianOfMedians(trials);
  const center = logTime(trials);
  const log = center.value;
  const half = halfWidth(center, CONFIDENCE);
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
    madNs: medianAbsoluteDeviation(trials.flatMap(({ sorted }) => [...sorted])),
  };
}
