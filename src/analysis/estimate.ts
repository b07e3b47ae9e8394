import type { Random } from "../base/random.ts";
import { medianAbsoluteDeviation } from "../base/statistics.ts";
import type { TrialRecord } from "../trial/record.ts";
import { bootstrap, medianOfMedians, percentileInterval, type TrialSamples } from "./bootstrap.ts";
import type { Estimate } from "./summary.ts";
import { steadyFrom } from "./warmup.ts";

/** The steady samples of one trial. */
export interface SteadyTrial extends TrialSamples {
  /** Samples at its start that were taken for warm-up and left out. */
  readonly warmupSamples: number;
}

/**
 * Cuts the warm-up off a trial's samples and turns them into ns per epoch. The engines mitata and tinybench
 * sort their samples, so there nothing can be cut. Throws RangeError for a trial without samples.
 */
export function steadyTrial(trial: TrialRecord): SteadyTrial {
  const { samplesNs, epochsPerSample, engine } = trial;
  if (samplesNs.length === 0 || epochsPerSample === undefined) {
    throw new RangeError("Cannot estimate a trial: it has no samples, expected at least one");
  }
  const warmupSamples = engine === undefined || engine === "ordered" ? steadyFrom(samplesNs) : 0;
  const sorted = Float64Array.from(samplesNs.slice(warmupSamples), (ns) => ns / epochsPerSample)
    .sort();
  return { round: trial.round, sorted, warmupSamples };
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
 */
export function estimateCell(
  trials: readonly TrialSamples[],
  examples: number,
  random: Random,
): CellEstimate {
  const nsPerEpoch = percentileInterval(medianOfMedians(trials), bootstrap(trials, random));
  const { value, low, high, confidence } = nsPerEpoch;
  return {
    nsPerEpoch,
    nsPerExample: {
      value: value / examples,
      low: low / examples,
      high: high / examples,
      confidence,
    },
    madNs: medianAbsoluteDeviation(trials.flatMap(({ sorted }) => [...sorted])),
  };
}
