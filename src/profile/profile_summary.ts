import { mean, studentQuantile } from "../stats/statistics.ts";
import type { Counters, Pass, ProfileRecord, SubsetProfile } from "../format/profile_record.ts";
import type { Cell } from "../format/trial_record.ts";
import { fitPowerLaw } from "../stats/power_law.ts";
import { steadyPart } from "../stats/steadiness.ts";
import type { Estimate } from "../format/interval.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";

/** Where the time of one phase went, and how well that is known. */
export interface PhaseFigures {
  readonly phase: string;
  readonly nsPerExample: Estimate;
  /** Of the sum of all phases. */
  readonly share: number;
}

/** Whether the phases are all of the time. */
export interface Closure {
  /** Sum of the phases / what the same steps take without marks. */
  readonly ratio: Estimate;
  /** The interval lies within 1 ± `CLOSURE_LIMIT`. */
  readonly closes: boolean;
  /** Share of the marked stretches that the marks themselves took; not in any phase. */
  readonly markShare: number;
}

export interface AllocationFigures {
  readonly heapBytesPerStep?: number;
  readonly heapBytesPerExample?: number;
  readonly bufferBytesPerStep?: number;
  readonly bufferBytesPerExample?: number;
  readonly collections?: number;
  readonly collectionsPerSecond?: number;
  /** Share of the time that the program stood still for collections. */
  readonly pauseShare?: number;
  readonly longestPauseNs?: number;
}

export interface SubsetFigures {
  readonly examples: number;
  readonly batchSize: number;
  /** Passes that count: behind the warm-up, without the slowest tenth. */
  readonly passes: number;
  /** Without marks. */
  readonly nsPerExample: Estimate;
  /** In the order in which a step comes to them; none where the implementation marks none. */
  readonly phases: readonly PhaseFigures[];
  readonly closure?: Closure;
  readonly allocation?: AllocationFigures;
}

/** k of time per epoch ~ m^k. Without an interval where there are two sizes. */
export interface Exponent {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a profile says: all of it computed from its record. */
export interface ProfileSummary {
  readonly cell: Cell;
  /** By size, ascending. */
  readonly subsets: readonly SubsetFigures[];
  /** Of at least two sizes. */
  readonly exponents?: {
    readonly whole: Exponent;
    /** Of those that every size has, and that are half a per cent of the time at one. */
    readonly phases: readonly { readonly phase: string; readonly exponent: Exponent }[];
  };
  readonly counters?: Counters;
  readonly peakRssBytes?: number;
}

/** The phases may differ from the whole by so much. */
export const CLOSURE_LIMIT = 0.05;
/** Phases of a smaller share are some steps of the clock: they have no exponent. */
const LEAST_SHARE = 0.005;
/** Of fewer passes none is left out. */
const ENOUGH_TO_TRIM = 10;
const TRIM = 0.1;

export function summariseProfile(record: ProfileRecord): ProfileSummary {
  const { cell, subsets, counters, peakRssBytes } = record;
  const figures = subsets.map(figuresOf);
  const exponents = exponentsOf(figures);
  return {
    cell,
    subsets: figures,
    ...(exponents && { exponents }),
    ...(counters && { counters }),
    ...(peakRssBytes !== undefined && { peakRssBytes }),
  };
}

function figuresOf(subset: SubsetProfile): SubsetFigures {
  const passes = countedPasses(subset.passes);
  const plain = passes.map(({ plainNs, plainExamples }) => plainNs / plainExamples);
  const names = Object.keys(passes.find(({ phased }) => phased)?.phased?.phases ?? {});
  const phases = names.map((phase) => ({
    phase,
    nsPerExample: meanOf(passes.map((pass) => phaseNs(pass, phase))),
  }));
  const sum = phases.reduce((total, { nsPerExample }) => total + nsPerExample.value, 0);
  const { allocation } = subset;
  return {
    examples: subset.examples,
    batchSize: subset.batchSize,
    passes: passes.length,
    nsPerExample: meanOf(plain),
    phases: phases.map((one) => ({ ...one, share: one.nsPerExample.value / sum })),
    ...(phases.length > 0 && { closure: closureOf(passes, names) }),
    ...(allocation && { allocation: allocationOf(allocation) }),
  };
}

/**
 * Those behind the warm-up. The tenth that took longest, both halves together, is left out: what a neighbour did to
 * one half says nothing of phases, and the sum does not prefer either half.
 */
function countedPasses(passes: readonly Pass[]): readonly Pass[] {
  const time = ({ plainNs, plainExamples, phased }: Pass) =>
    plainNs / plainExamples + (phased ? phased.ns / phased.examples : 0);
  const { from } = steadyPart(passes.map(time));
  const steady = passes.slice(from);
  if (steady.length < ENOUGH_TO_TRIM) return steady;
  const limit = steady.map(time).sort((a, b) => a - b)[
    Math.ceil((1 - TRIM) * steady.length) - 1
  ];
  return steady.filter((pass) => time(pass) <= limit);
}

/** Of one example, less the marks. 0 in a pass that did not come to it. */
function phaseNs({ phased }: Pass, phase: string): number {
  const found = phased?.phases[phase];
  if (!phased || !found) return 0;
  return (found.ns - found.marks * phased.markNs) / phased.examples;
}

function closureOf(passes: readonly Pass[], names: readonly string[]): Closure {
  const sums = passes.map((pass) => names.reduce((sum, phase) => sum + phaseNs(pass, phase), 0));
  const plain = passes.map(({ plainNs, plainExamples }) => plainNs / plainExamples);
  const ratio = ratioOfMeans(sums, plain);
  const marked = passes.map(({ phased }) => phased!);
  const markNs = marked.reduce(
    (sum, { phases, markNs }) =>
      sum + markNs * Object.values(phases).reduce((total, { marks }) => total + marks, 0),
    0,
  );
  return {
    ratio,
    closes: passes.length > 1 && ratio.low >= 1 - CLOSURE_LIMIT && ratio.high <= 1 + CLOSURE_LIMIT,
    markShare: markNs / marked.reduce((sum, { ns }) => sum + ns, 0),
  };
}

/** With Student's interval of a mean; of a single value without width. */
function meanOf(values: readonly number[]): Estimate {
  const value = mean(values);
  const half = halfOf(values.map((one) => one - value));
  return { value, low: value - half, high: value + half, confidence: CONFIDENCE };
}

/** Mean a / mean b of pairs, with the interval of a ratio estimate (Cochran, Sampling Techniques, 1977, ch. 6.3). */
function ratioOfMeans(a: readonly number[], b: readonly number[]): Estimate {
  const below = mean(b);
  const value = mean(a) / below;
  const half = halfOf(a.map((one, i) => one - value * b[i])) / below;
  return { value, low: value - half, high: value + half, confidence: CONFIDENCE };
}

/** Half of the interval of a mean whose values lie so far from it. */
function halfOf(deviations: readonly number[]): number {
  const n = deviations.length;
  if (n < 2) return 0;
  const squares = deviations.reduce((sum, one) => sum + one * one, 0);
  return studentQuantile((1 + CONFIDENCE) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
}

function allocationOf(
  allocation: NonNullable<SubsetProfile["allocation"]>,
): AllocationFigures {
  const { steps, examples, wallNs, heapBytes, bufferBytesPerStep, collections } = allocation;
  const pauses = collections?.map(({ pauseNs }) => pauseNs) ?? [];
  return {
    ...(heapBytes !== undefined && {
      heapBytesPerStep: heapBytes / steps,
      heapBytesPerExample: heapBytes / examples,
    }),
    ...(bufferBytesPerStep !== undefined && {
      bufferBytesPerStep,
      bufferBytesPerExample: bufferBytesPerStep * steps / examples,
    }),
    ...(collections && {
      collections: collections.length,
      collectionsPerSecond: collections.length / wallNs * 1e9,
      pauseShare: pauses.reduce((sum, ns) => sum + ns, 0) / wallNs,
      ...(pauses.length > 0 && { longestPauseNs: Math.max(...pauses) }),
    }),
  };
}

function exponentsOf(subsets: readonly SubsetFigures[]): ProfileSummary["exponents"] {
  if (new Set(subsets.map(({ examples }) => examples)).size < 2) return undefined;
  const sizes = subsets.map(({ examples }) => examples);
  const of = (nsPerExample: readonly number[]): Exponent | undefined => {
    if (!nsPerExample.every((ns) => ns > 0)) return undefined;
    const points = {
      x: sizes.map(Math.log),
      y: nsPerExample.map((ns, i) => Math.log(ns * sizes[i])),
    };
    if (sizes.length === 2) {
      return { value: (points.y[1] - points.y[0]) / (points.x[1] - points.x[0]) };
    }
    const { pure, low, high } = fitPowerLaw(points, { from: 0, to: 4, withConstant: false });
    return { value: pure.exponent, low, high };
  };
  const whole = of(subsets.map(({ nsPerExample }) => nsPerExample.value));
  if (whole === undefined) return undefined;
  const phases = subsets[0].phases.flatMap(({ phase }) => {
    const found = subsets.map(({ phases }) => phases.find((one) => one.phase === phase));
    if (!found.every(Boolean) || !found.some((one) => one!.share >= LEAST_SHARE)) return [];
    const exponent = of(found.map((one) => one!.nsPerExample.value));
    return exponent ? [{ phase, exponent }] : [];
  });
  return { whole, phases };
}
