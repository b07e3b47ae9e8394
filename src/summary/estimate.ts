import { medianAbsoluteDeviation } from "../stats/statistics.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { type Steadiness, steadyPart } from "../stats/steadiness.ts";
import { CONFIDENCE, medianOfMedians, type TrialSamples } from "../stats/trial_samples.ts";
import { undisturbed } from "./disturbance.ts";
import { halfWidth, logTime } from "../stats/log_time.ts";
import type { Estimate } from "../format/interval.ts";

/** The steady samples of one trial. */
export interface SteadyTrial extends TrialSamples {
  /** Samples before the steady part, left out: most often those of a warm-up. */
  readonly warmupSamples: number;
  /** How the trial went; undefined where there are too few samples to tell, or where they are sorted. */
  readonly steadiness: Steadiness | undefined;
  /** Samples of the steady part that were disturbed, and set aside. */
  readonly setAside: number;
  /** (samples) the steady part with those, ns per epoch, ascending. */
  readonly withDisturbed: Float64Array;
}

/**
 * Takes the steady part of a trial's samples, less those that were disturbed, and turns it into ns per epoch. The engines mitata and tinybench
 * sort their samples, so there nothing can be cut. Throws RangeError for a trial without samples.
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

export interface CellEstimate {
  readonly nsPerEpoch: Estimate;
  readonly nsPerExample: Estimate;
  /** Unscaled, of all steady samples, ns per epoch. */
  readonly madNs: number;
}

/**
 * What one epoch of a cell takes: the median over its trials of the median of each trial's steady samples.
 * Not the median of all samples together, because a trial that had time for more samples than another is
 * still one process with one luck.
 *
 * The interval is Student's t of the trials' log medians (`logTime`), stretched to hold the value. It covers what
 * other processes would take on the machine as it was; what the machine is like at another hour no run
 * can tell. Over a single trial it covers noise within that process only; over one sample it has no width.
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
