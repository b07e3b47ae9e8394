import { mean, studentQuantile } from "../stats/statistics.ts";
import type { Counters, Pass, ProfileRecord, SubsetProfile } from "../format/profile_record.ts";
import type { Cell } from "../format/trial_record.ts";
import { fitPowerLaw } from "../stats/power_law.ts";
import { steadyPart } from "../stats/steadiness.ts";
import type { Estimate, Exponent } from "../format/interval.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";

interface PhaseFigures {
  readonly phase: string;
  readonly nsPerExample: Estimate;
  /** Share of the sum of all phases. */
  readonly share: number;
}

/** Whether the phases add up to the whole time. */
interface Closure {
  /** Sum of the phases / time of the same steps without marks. */
  readonly ratio: Estimate;
  /** The interval lies within 1 ± `CLOSURE_LIMIT`. */
  readonly closes: boolean;
  /** Share of the marked stretches that the marks themselves took; no phase includes it. */
  readonly markShare: number;
}

interface AllocationFigures {
  readonly heapBytesPerStep?: number;
  readonly heapBytesPerExample?: number;
  readonly bufferBytesPerStep?: number;
  readonly bufferBytesPerExample?: number;
  readonly collections?: number;
  readonly collectionsPerSecond?: number;
  /** Share of the time spent in collections. */
  readonly pauseShare?: number;
  readonly longestPauseNs?: number;
}

export interface SubsetFigures {
  readonly examples: number;
  readonly batchSize: number;
  /** Passes after the warm-up, without the slowest tenth. */
  readonly passes: number;
  /** Without marks. */
  readonly nsPerExample: Estimate;
  /** In the order of a step; empty where the implementation marks none. */
  readonly phases: readonly PhaseFigures[];
  readonly closure?: Closure;
  readonly allocation?: AllocationFigures;
}

export interface ProfileSummary {
  readonly cell: Cell;
  /** By m, ascending. */
  readonly subsets: readonly SubsetFigures[];
  /** Absent with a single m. */
  readonly exponents?: {
    readonly whole: Exponent;
    /** Only phases that every m has, with at least half a per cent of the time at one of them. */
    readonly phases: readonly { readonly phase: string; readonly exponent: Exponent }[];
  };
  readonly counters?: Counters;
  readonly peakRssBytes?: number;
}

/** Largest relative difference of the phases' sum and the whole. */
export const CLOSURE_LIMIT = 0.05;
/** Smaller phases are a few ticks of the clock, too few for an exponent. */
const LEAST_SHARE = 0.005;
/** From so many passes on, the slowest share is left out. */
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
 * Passes after the warm-up, without the tenth whose two stretches together took longest. These were disturbed by other
 * programs, and their sum favours neither stretch.
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

/** ns per example without the marks; 0 in a pass without this phase. */
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

/** With Student's interval, which has no width for a single value. */
function meanOf(values: readonly number[]): Estimate {
  const value = mean(values);
  const half = halfOf(values.map((one) => one - value));
  return { value, low: value - half, high: value + half, confidence: CONFIDENCE };
}

/** Mean a / mean b with the interval of a ratio estimate (Cochran, Sampling Techniques, 1977, ch. 6.3). */
function ratioOfMeans(a: readonly number[], b: readonly number[]): Estimate {
  const below = mean(b);
  const value = mean(a) / below;
  const half = halfOf(a.map((one, i) => one - value * b[i])) / below;
  return { value, low: value - half, high: value + half, confidence: CONFIDENCE };
}

/** Half the width of the interval of a mean. */
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
