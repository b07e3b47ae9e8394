import { known } from "../base/known.ts";
import { mean, studentQuantile } from "../stats/statistics.ts";
import type {
  Allocation,
  Counters,
  Pass,
  ProfileRecord,
  SubsetProfile,
} from "../format/profile_record.ts";
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
  readonly allocation?: ReturnType<typeof allocationOf>;
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
  return known({ cell, subsets: figures, exponents, counters, peakRssBytes });
}

function figuresOf(subset: SubsetProfile): SubsetFigures {
  const passes = countedPasses(subset.passes);
  const plain = passes.map(({ plainNs, plainExamples }) => plainNs / plainExamples);
  const names = Object.keys(passes.find(({ phased }) => phased)?.phased?.phases ?? {});
  const phases = names.map((phase) => ({
    phase,
    nsPerExample: meanOf(passes.map((pass) => phaseNs(pass, phase))),
  }));
  const sum = sumOf(phases.map(({ nsPerExample }) => nsPerExample.value));
  const { examples, batchSize, allocation } = subset;
  return known({
    examples,
    batchSize,
    passes: passes.length,
    nsPerExample: meanOf(plain),
    phases: phases.map((one) => ({ ...one, share: one.nsPerExample.value / sum })),
    closure: phases.length > 0 ? closureOf(passes, names) : undefined,
    allocation: allocation && allocationOf(allocation),
  });
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
  const counted = Math.ceil((1 - TRIM) * steady.length);
  const limit = steady.map(time).sort((a, b) => a - b)[counted - 1];
  return steady.filter((pass) => time(pass) <= limit);
}

/** ns per example without the marks; 0 in a pass without this phase. */
function phaseNs({ phased }: Pass, phase: string): number {
  const found = phased?.phases[phase];
  if (!phased || !found) return 0;
  return (found.ns - found.marks * phased.markNs) / phased.examples;
}

function closureOf(passes: readonly Pass[], names: readonly string[]): Closure {
  const sums = passes.map((pass) => sumOf(names.map((phase) => phaseNs(pass, phase))));
  const plain = passes.map(({ plainNs, plainExamples }) => plainNs / plainExamples);
  const ratio = ratioOfMeans(sums, plain);
  const marked = passes.map(({ phased }) => phased!);
  const markNs = marked.map(({ phases, markNs }) =>
    markNs * sumOf(Object.values(phases).map(({ marks }) => marks))
  );
  return {
    ratio,
    closes: passes.length > 1 && ratio.low >= 1 - CLOSURE_LIMIT && ratio.high <= 1 + CLOSURE_LIMIT,
    markShare: sumOf(markNs) / sumOf(marked.map(({ ns }) => ns)),
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0);

/** With Student's interval, which has no width for a single value. */
function meanOf(values: readonly number[]): Estimate {
  const value = mean(values);
  return around(value, halfOf(values.map((one) => one - value)));
}

/** Mean a / mean b with the interval of a ratio estimate (Cochran, Sampling Techniques, 1977, ch. 6.3). */
function ratioOfMeans(a: readonly number[], b: readonly number[]): Estimate {
  const below = mean(b);
  const value = mean(a) / below;
  return around(value, halfOf(a.map((one, i) => one - value * b[i])) / below);
}

const around = (value: number, half: number): Estimate => (
  { value, low: value - half, high: value + half, confidence: CONFIDENCE }
);

/** Half the width of the interval of a mean. */
function halfOf(deviations: readonly number[]): number {
  const n = deviations.length;
  if (n < 2) return 0;
  const squares = sumOf(deviations.map((one) => one * one));
  return studentQuantile((1 + CONFIDENCE) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
}

function allocationOf(allocation: Allocation) {
  const { steps, examples, wallNs, heapBytes, bufferBytesPerStep, collections } = allocation;
  const pauses = collections?.map(({ pauseNs }) => pauseNs);
  return known({
    heapBytesPerStep: heapBytes && heapBytes / steps,
    heapBytesPerExample: heapBytes && heapBytes / examples,
    bufferBytesPerStep,
    bufferBytesPerExample: bufferBytesPerStep && bufferBytesPerStep * steps / examples,
    collections: pauses?.length,
    collectionsPerSecond: pauses && pauses.length / wallNs * 1e9,
    /** Share of the time spent in collections. */
    pauseShare: pauses && sumOf(pauses) / wallNs,
    longestPauseNs: pauses?.length ? Math.max(...pauses) : undefined,
  });
}

function exponentsOf(subsets: readonly SubsetFigures[]): ProfileSummary["exponents"] {
  if (new Set(subsets.map(({ examples }) => examples)).size < 2) return undefined;
  const sizes = subsets.map(({ examples }) => examples);
  const of = (nsPerExample: readonly number[]): Exponent | undefined => {
    if (!nsPerExample.every((ns) => ns > 0)) return undefined;
    const x = sizes.map(Math.log);
    const y = nsPerExample.map((ns, i) => Math.log(ns * sizes[i]));
    if (sizes.length === 2) return { value: (y[1] - y[0]) / (x[1] - x[0]) };
    const { pure, low, high } = fitPowerLaw({ x, y }, { from: 0, to: 4, withConstant: false });
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
