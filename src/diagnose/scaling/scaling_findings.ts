import type { ScalingExamination } from "./examine_scaling.ts";
import type {
  Allocation,
  Pass,
  ProfileRecord,
  SubsetProfile,
} from "../../format/profile_record.ts";
import type { Environment } from "../../format/plan.ts";
import { trafficPerEpoch } from "../../model/traffic.ts";
import type { Finding, FixedFinding } from "../../format/finding.ts";
import { cacheBetween } from "../../machine/outgrown_cache.ts";
import type { Estimate, Exponent } from "../../format/interval.ts";
import type { OutgrownCache } from "../../format/laws.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import type { ProfileSummary, SubsetFigures } from "../../profile/profile_summary.ts";
import { summariseProfile } from "../../profile/profile_summary.ts";
import { studentQuantile, sumOf, wilsonInterval } from "../../stats/statistics.ts";
import { CONFIDENCE } from "../../stats/trial_samples.ts";

export interface Formulation extends Pick<GradientImplementation, "name" | "summary"> {
  /** Time of the examined implementation / time of this one. */
  readonly speedup: Estimate;
}

/** The cost of an example between two m where the working set outgrows a cache. */
export interface CacheStep {
  readonly from: number;
  readonly to: number;
  readonly cache: OutgrownCache;
  /** Cost at `to` / cost at `from`. */
  readonly ratio: Estimate;
}

export interface ScalingDiagnosis {
  readonly profile: ProfileSummary;
  /** Cost of an example at the largest m / at the smallest. */
  readonly growth: Estimate;
  readonly caches: readonly CacheStep[];
  /** Fastest first. */
  readonly formulations: readonly Formulation[];
  /** Formulations that could not be timed. */
  readonly untimed: ScalingExamination["untimed"];
  readonly findings: readonly FixedFinding[];
}

/** Time is superlinear with an exponent above this and its interval above `SURELY` … */
const SUPERLINEAR = 1.1;
const SURELY = 1.05;
/** … if the cost of an example grows by this factor. */
const LEAST_GROWTH = 1.25;
/** More growth than a cache explains. Work that starts to grow late bends the line and widens the interval of k. */
const CERTAIN_GROWTH = 2.5;
/** A phase may be memory traffic alone, which caches bring to an exponent of 1.2. */
const PHASE_SUPERLINEAR = 1.3;
const PHASE_SURELY = 1.1;
const PHASE_CERTAIN_GROWTH = 5;
/** A phase with more than this share of the growth is its cause, whatever its exponent. */
const MOST_OF_GROWTH = 0.5;
/** Phases with a smaller share at the largest m are ignored. */
const LEAST_SHARE = 0.05;
/** Share of the time in garbage collections, and bytes per example, above which there is advice. */
const MUCH_COLLECTION = 0.1;
const MUCH_ALLOCATION = 1000;
/** A smaller step at a cache is ignored. */
const LEAST_STEP = 1.15;
/** A smaller speedup is not worth a rewrite. */
const LEAST_SPEEDUP = 1.5;

const ADVICE: readonly Finding["id"][] = [
  "works-only-here",
  "garbage-collection",
  "allocation",
  "cache-cliff",
  "faster-formulation",
  "data-sorted",
] satisfies FixedFinding["id"][];

/** Whether a finding is no fault: the program is right, and could be faster. */
export const isAdvice = ({ id }: Finding): boolean => ADVICE.includes(id);

export function diagnoseScaling(
  { record, formulations, untimed }: ScalingExamination,
  cachesBytes: Environment["cachesBytes"],
): ScalingDiagnosis {
  const comparable = withOneBatchSize(record);
  const profile = summariseProfile(comparable);
  const { subsets } = profile;
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const growth = quotient(last.nsPerExample, first.nsPerExample);
  const faster = formulations.map(({ name, summary, record }) => ({
    name,
    summary,
    speedup: quotient(last.nsPerExample, summariseProfile(record).subsets[0].nsPerExample),
  })).sort((a, b) => b.speedup.value - a.speedup.value);
  const caches = cacheSteps(profile, cachesBytes);
  const growing = superlinear(profile, growth, leastGrowthIn(comparable));
  return {
    profile,
    growth,
    caches,
    formulations: faster,
    untimed,
    findings: [
      ...growing,
      ...memoryFindings(last, record.subsets[record.subsets.length - 1].allocation),
      // Other growth would look like a cache.
      ...(growing.length > 0
        ? []
        : caches.filter((step) => isCliff(step, comparable)).map(cacheCliff)),
      ...fasterFormulation(faster),
    ],
  };
}

/** A longer minibatch costs less per example, so growth compares subsets with minibatches of one length. */
function withOneBatchSize(record: ProfileRecord): ProfileRecord {
  const { batchSize } = record.subsets[record.subsets.length - 1];
  return { ...record, subsets: record.subsets.filter((one) => one.batchSize === batchSize) };
}

/** Whether time grows faster than m, which a second look must confirm. */
export const growsFaster = ({ findings }: ScalingDiagnosis): boolean =>
  findings.some(({ id }) => id === "superlinear" || id === "phase-superlinear");

/** above / below of independent measurements. */
function quotient(above: Estimate, below: Estimate): Estimate {
  const value = above.value / below.value;
  const relative = ({ value, low, high }: Estimate) => (high - low) / 2 / value;
  const half = Math.hypot(relative(above), relative(below));
  const [low, high] = [value * Math.exp(-half), value * Math.exp(half)];
  return { value, low, high, confidence: above.confidence };
}

const surelyAbove = ({ value, low }: Exponent, above: number, surely: number): boolean =>
  value > above && low !== undefined && low > surely;

/**
 * The fastest pass, as a whole or in a phase, in ns per example. Other programs only add time, so that work which grows
 * shows here as well, and a busy machine does not.
 */
function fastestOf({ passes }: SubsetProfile, phase?: string): number {
  return Math.min(...passes.map(({ plainNs, plainExamples, phased }) => {
    if (phase === undefined) return plainNs / plainExamples;
    const found = phased?.phases[phase];
    return phased && found ? (found.ns - found.marks * phased.markNs) / phased.examples : Infinity;
  }));
}

const leastGrowthIn = ({ subsets }: ProfileRecord) => (phase?: string): number =>
  fastestOf(subsets[subsets.length - 1], phase) / fastestOf(subsets[0], phase);

function superlinear(
  { subsets, exponents }: ProfileSummary,
  growth: Estimate,
  leastGrowth: (phase?: string) => number,
): FixedFinding[] {
  if (exponents === undefined) return [];
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const range = { layers: [], fromExamples: first.examples, toExamples: last.examples };
  const isSuperlinear = leastGrowth() > LEAST_GROWTH &&
    (growth.low > CERTAIN_GROWTH ||
      surelyAbove(exponents.whole, SUPERLINEAR, SURELY) && growth.value > LEAST_GROWTH);
  const grownNs = last.nsPerExample.value - first.nsPerExample.value;
  const phases = exponents.phases.flatMap(({ phase, exponent }) => {
    const [before, after] = [first, last].map(({ phases }) =>
      phases.find((one) => one.phase === phase)
    );
    if (!before || !after || after.share < LEAST_SHARE) return [];
    const phaseGrowth = after.nsPerExample.value / before.nsPerExample.value;
    const isCause = isSuperlinear &&
      after.nsPerExample.value - before.nsPerExample.value > MOST_OF_GROWTH * grownNs;
    const grows = phaseGrowth > PHASE_CERTAIN_GROWTH ||
      surelyAbove(exponent, PHASE_SUPERLINEAR, PHASE_SURELY);
    const isSure = leastGrowth(phase) > LEAST_GROWTH;
    return isSure && (isCause || grows)
      ? [{ phase, exponent, before, after, growth: phaseGrowth }]
      : [];
  }).sort((a, b) => b.after.nsPerExample.value - a.after.nsPerExample.value);
  const whole: FixedFinding = {
    id: "superlinear",
    ...range,
    exponent: exponents.whole,
    growth: growth.value,
    fromNs: first.nsPerExample.value,
    toNs: last.nsPerExample.value,
    phases: phases.map(({ phase }) => phase),
  };
  return [
    ...(isSuperlinear ? [whole] : []),
    ...phases.map(({ phase, exponent, before, after, growth }): FixedFinding => ({
      id: "phase-superlinear",
      ...range,
      phase,
      exponent,
      growth,
      fromShare: before.share,
      toShare: after.share,
    })),
  ];
}

/**
 * The share of the time that collections surely take: a lower bound of a sum of pauses that come at random, whose variance
 * is estimated by the sum of their squares (a compound Poisson process; regular collections vary less). A single long
 * pause, of a large heap or of a process that had to wait, proves no share.
 */
function leastPauseShare({ collections = [], wallNs }: Allocation): number {
  if (collections.length < 2) return 0;
  const total = sumOf(collections, ({ pauseNs }) => pauseNs);
  const deviation = Math.sqrt(sumOf(collections, ({ pauseNs }) => pauseNs ** 2));
  const quantile = studentQuantile((1 + CONFIDENCE) / 2, collections.length - 1);
  return Math.max(0, total - quantile * deviation) / wallNs;
}

function memoryFindings(
  { allocation }: SubsetFigures,
  measured: Allocation | undefined,
): FixedFinding[] {
  if (allocation === undefined || measured === undefined) return [];
  const { pauseShare = 0, collectionsPerSecond = 0, longestPauseNs = 0 } = allocation;
  const bufferBytesPerExample = allocation.bufferBytesPerExample ?? 0;
  const bytesPerExample = (allocation.heapBytesPerExample ?? 0) + bufferBytesPerExample;
  const findings: FixedFinding[] = [];
  if (leastPauseShare(measured) > MUCH_COLLECTION) {
    const figures = { pauseShare, collectionsPerSecond, longestPauseNs };
    findings.push({ id: "garbage-collection", layers: [], ...figures });
  }
  if (bytesPerExample > MUCH_ALLOCATION) {
    findings.push({ id: "allocation", layers: [], bytesPerExample, bufferBytesPerExample });
  }
  return findings;
}

/** For each outgrown cache the pair of neighbouring m between which the cost of an example rises most. */
function cacheSteps(
  { cell, subsets }: ProfileSummary,
  cachesBytes: Environment["cachesBytes"],
): CacheStep[] {
  const workingSet = ({ examples, batchSize }: SubsetFigures): number => {
    const traffic = trafficPerEpoch({ ...cell, network: cell, examples, batchSize });
    return traffic.examples + traffic.heldBytes;
  };
  const steps = subsets.slice(1).flatMap((after, i) => {
    const before = subsets[i];
    const cache = cacheBetween(cachesBytes, [workingSet(before), workingSet(after)]);
    const ratio = quotient(after.nsPerExample, before.nsPerExample);
    return cache ? [{ from: before.examples, to: after.examples, cache, ratio }] : [];
  });
  return [...Map.groupBy(steps, ({ cache }) => cache.level).values()].map((around) =>
    around.reduce((best, one) => one.ratio.value > best.ratio.value ? one : best)
  );
}

/**
 * What costs more beyond a cache does so for all larger subsets: in their fastest passes, and surely in most rounds,
 * whose passes follow each other. A disturbance passes, and the machine's pace is that of a whole round.
 */
function isCliff({ from, to, ratio }: CacheStep, { subsets }: ProfileRecord): boolean {
  const below = subsets.find(({ examples }) => examples === from)!; // a step is between two of them
  const above = subsets.filter(({ examples }) => examples >= to);
  return ratio.value > LEAST_STEP && ratio.low > 1 &&
    above.every((one) =>
      fastestOf(one) > LEAST_STEP * fastestOf(below) && costsMoreInMostRounds(one, below)
    );
}

function costsMoreInMostRounds(one: SubsetProfile, below: SubsetProfile): boolean {
  const rounds = Math.min(one.passes.length, below.passes.length);
  const costOf = ({ plainNs, plainExamples }: Pass) => plainNs / plainExamples;
  const slower = one.passes.slice(0, rounds)
    .filter((pass, i) => costOf(pass) > LEAST_STEP * costOf(below.passes[i]));
  return wilsonInterval(slower.length / rounds, rounds)[0] > 0.5;
}

function cacheCliff({ from, to, cache, ratio }: CacheStep): FixedFinding {
  const range = { fromExamples: from, toExamples: to, growth: ratio.value };
  return { id: "cache-cliff", layers: [], ...range, cache };
}

function fasterFormulation(all: readonly Formulation[]): FixedFinding[] {
  const formulations = all.filter(({ speedup }) => speedup.low > LEAST_SPEEDUP)
    .map(({ name, summary, speedup }) => ({ name, summary, speedup: speedup.value }));
  if (formulations.length === 0) return [];
  const factor = Number(formulations[0].speedup.toPrecision(3));
  return [{ id: "faster-formulation", layers: [], factor, formulations }];
}
