import { type Random, shuffle } from "../../src/base/random.ts";
import type { TrialSamples } from "../../src/stats/trial_samples.ts";

/** How the times of a made-up machine scatter. Shares and chances are 0 to 1, deviations natural logs. */
export interface Noise {
  /** Deviation of the machine's pace from one trial to the next: a random walk, the same for all cells. */
  readonly driftStep: number;
  /** The walk turns back here: log 1.5 = 50 % either way. */
  readonly driftLimit: number;
  /** Deviation of a process's own pace: memory layout, decisions of the compiler. */
  readonly process: number;
  /** Log-distance of two paces that a compiler settles in, each with probability ½; 0 = one pace. */
  readonly secondPace: number;
  /** Chance that a neighbour slows a trial down by 1.3 to 3, as a whole or a stretch of its samples. */
  readonly burst: number;
  /** Deviation of samples within a trial. */
  readonly sample: number;
  /** Correlation of a sample with the one before it. */
  readonly sampleCorrelation: number;
  /** Share of samples that take 1.3 times as long or more, with a Pareto tail. */
  readonly outlier: number;
}

/**
 * Like the traces of results/example (168 trials of 7 implementations × 7 sizes × 3 rounds):
 * - Log medians of neighbouring trials (each less its cell's mean, `naive_loop` left out) differ by 0.033 to
 *   0.041, from which `process` = 0.038 / √2 = 0.027. The difference grows with the distance d in trials as
 *   √(0.038² + 0.0065² d). The drift here is three times as rough, so that a run of 60 rounds wanders by
 *   ±50 %, as has been seen on shared machines.
 * - `naive_loop` is the one with two paces, 78 and 100 µs per example: log(100 / 78) = 0.25 (`TWO_PACES`).
 * - No trial of 147 was a whole burst; 2 % is what 147 without one leaves likely (5 % quantile).
 * - Samples: within trials a median deviation of 0.02 (0.004 to 0.06) and a correlation of 0.44; 1.1 % of
 *   all take 1.3 times the median or more, 0.2 % 1.5 times, 0.03 % 3 times.
 */
export const LIKE_TRACES: Noise = {
  driftStep: 0.02,
  driftLimit: Math.log(1.5),
  process: 0.027,
  secondPace: 0,
  burst: 0.02,
  sample: 0.02,
  sampleCorrelation: 0.44,
  outlier: 0.011,
};

/** As `LIKE_TRACES`, for an implementation that the compiler turns into either of two programs. */
export const TWO_PACES: Noise = { ...LIKE_TRACES, secondPace: Math.log(100 / 78) };

export interface NoisyCell {
  /** ns per epoch on a quiet machine. */
  readonly ns: number;
  readonly noise: Noise;
}

export interface NoisyTrial extends TrialSamples {
  /** How much slower than at the start the machine was, as a factor. */
  readonly machine: number;
}

/** Rounds of trials on one machine, one after the other without an end: each call is the next round. */
export function noisyMachine(
  cells: readonly NoisyCell[],
  random: Random,
  samplesPerTrial = 15,
): () => NoisyTrial[] {
  let round = 0;
  let drift = 0;
  const order = cells.map((_, i) => i);
  return () => {
    round++;
    const trials: NoisyTrial[] = [];
    for (const i of shuffle(order, random)) {
      const { ns, noise } = cells[i];
      drift = reflected(drift + noise.driftStep * random.normal(), noise.driftLimit);
      const machine = Math.exp(drift);
      const sorted = noisySamples(ns * machine, noise, random, samplesPerTrial);
      trials[i] = { round, sorted, machine };
    }
    return trials;
  };
}

/** The trials of `rounds` rounds by cell, in the order of `cells`. */
export function noisyRounds(
  cells: readonly NoisyCell[],
  rounds: number,
  random: Random,
  samplesPerTrial?: number,
): NoisyTrial[][] {
  const nextRound = noisyMachine(cells, random, samplesPerTrial);
  const all = Array.from({ length: rounds }, nextRound);
  return cells.map((_, i) => all.map((trials) => trials[i]));
}

function noisySamples(level: number, noise: Noise, random: Random, count: number): Float64Array {
  const slow = random.uniform() < 0.5 ? noise.secondPace : 0;
  const pace = level * Math.exp(noise.process * random.normal() + slow);
  // A burst covers a stretch of the trial: a few samples, half of them or all.
  const burst = random.uniform() < noise.burst ? 1.3 * (3 / 1.3) ** random.uniform() : 1;
  const from = Math.floor((random.uniform() * 2 - 1) * count);
  const to = from + count * (0.5 + random.uniform());
  const { sampleCorrelation: correlation } = noise;
  let wobble = random.normal();
  return Float64Array.from({ length: count }, (_, i) => {
    wobble = correlation * wobble + Math.sqrt(1 - correlation ** 2) * random.normal();
    const outlier = random.uniform() < noise.outlier
      ? 1.3 * (1 - random.uniform()) ** (-1 / OUTLIER_TAIL)
      : 1;
    return pace * Math.exp(noise.sample * wobble) * outlier * (i >= from && i < to ? burst : 1);
  }).sort();
}

/** Exponent of the Pareto tail: beyond 3 as many as in the traces, beyond 1.5 three times as many. */
const OUTLIER_TAIL = 4;

function reflected(value: number, limit: number): number {
  if (value > limit) return 2 * limit - value;
  return value < -limit ? -2 * limit - value : value;
}
