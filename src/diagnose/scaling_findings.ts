import type { ScalingExamination } from "./examine_scaling.ts";
import type { Environment } from "../format/plan.ts";
import { trafficPerEpoch } from "../model/traffic.ts";
import type { Finding } from "../format/finding.ts";
import { cacheBetween } from "../machine/outgrown_cache.ts";
import type { Estimate } from "../format/interval.ts";
import type { Breakpoint } from "../format/laws.ts";
import {
  type Exponent,
  type ProfileSummary,
  type SubsetFigures,
  summariseProfile,
} from "../profile/profile_summary.ts";
import { exponentText } from "../profile/profile_text.ts";

/** One formulation against the one that is examined. */
export interface Faster {
  readonly name: string;
  readonly summary: string;
  /** Time of the examined one / that of this one: above 1, this one is faster. */
  readonly speedup: Estimate;
}

/** A step up in the cost of an example between two sizes where a cache is outgrown. */
export interface CacheStep {
  readonly from: number;
  readonly to: number;
  readonly cache: NonNullable<Breakpoint["cache"]>;
  /** Cost of an example behind / before. */
  readonly ratio: Estimate;
}

/** Why an implementation takes the time that it takes, as figures. */
export interface ScalingDiagnosis {
  readonly profile: ProfileSummary;
  /** Cost of an example at the largest size / at the smallest. */
  readonly growth: Estimate;
  readonly caches: readonly CacheStep[];
  /** Fastest first. */
  readonly formulations: readonly Faster[];
  readonly findings: readonly Finding[];
}

/** The whole grows faster than the data with an exponent above this, its interval above `SURELY`, … */
const SUPERLINEAR = 1.1;
const SURELY = 1.05;
/** … if an example costs so many times more at the largest size than at the smallest. */
const LEAST_GROWTH = 1.25;
/** So much more is no cache, whatever the exponent: work that starts to grow late bends the line, and widens its interval. */
const CERTAIN_GROWTH = 2.5;
/** A single phase may be all memory traffic, and caches alone bring such a one to 1.2. */
const PHASE_SUPERLINEAR = 1.3;
const PHASE_SURELY = 1.1;
const PHASE_CERTAIN_GROWTH = 5;
/** Where the whole is superlinear, what brings so much of the growth is the cause, whatever its exponent. */
const MOST_OF_GROWTH = 0.5;
/** Phases below this share at the largest size are not worth a finding. */
const LEAST_SHARE = 0.05;
/** Share of the time in garbage collections, and bytes per example, that are worth one. */
const MUCH_COLLECTION = 0.1;
const MUCH_ALLOCATION = 1000;
/** A step of so much where a cache is outgrown. */
const LEAST_STEP = 1.15;
/** A formulation so many times faster, at least. */
const LEAST_SPEEDUP = 1.5;

/** What was measured of one implementation on growing subsets, and of others, says this. */
export function diagnoseScaling(
  { record, formulations }: ScalingExamination,
  cachesBytes: Environment["cachesBytes"],
): ScalingDiagnosis {
  const profile = summariseProfile(record);
  const { subsets } = profile;
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const growth = quotient(last.nsPerExample, first.nsPerExample);
  const faster = formulations.map(({ name, summary, record }) => ({
    name,
    summary,
    speedup: quotient(last.nsPerExample, summariseProfile(record).subsets[0].nsPerExample),
  })).sort((a, b) => b.speedup.value - a.speedup.value);
  const caches = cacheSteps(profile, cachesBytes);
  const growing = superlinear(profile, growth);
  return {
    profile,
    growth,
    caches,
    formulations: faster,
    findings: [
      ...growing,
      ...memoryFindings(last),
      // What grows anyway cannot be told from a cache.
      ...(growing.length > 0 ? [] : caches.filter(isCliff).map(cacheCliff)),
      ...fasterFormulation(faster),
    ],
  };
}

/** Of two figures that were measured apart, with the interval of a product of independent errors. */
function quotient(above: Estimate, below: Estimate): Estimate {
  const value = above.value / below.value;
  const half = Math.hypot(
    (above.high - above.low) / 2 / above.value,
    (below.high - below.low) / 2 / below.value,
  );
  return {
    value,
    low: value * Math.exp(-half),
    high: value * Math.exp(half),
    confidence: above.confidence,
  };
}

const surelyAbove = ({ value, low }: Exponent, above: number, surely: number): boolean =>
  value > above && low !== undefined && low > surely;

function superlinear({ subsets, exponents }: ProfileSummary, growth: Estimate): Finding[] {
  if (exponents === undefined) return [];
  const [first, last] = [subsets[0], subsets[subsets.length - 1]];
  const range = `from ${thousands(first.examples)} to ${thousands(last.examples)} examples`;
  const wholeGrows = growth.low > CERTAIN_GROWTH ||
    surelyAbove(exponents.whole, SUPERLINEAR, SURELY) && growth.value > LEAST_GROWTH;
  const grownNs = last.nsPerExample.value - first.nsPerExample.value;
  const phases = exponents.phases.flatMap(({ phase, exponent }) => {
    const [before, after] = [first, last].map(({ phases }) =>
      phases.find((one) => one.phase === phase)
    );
    if (!before || !after || after.share < LEAST_SHARE) return [];
    const times = after.nsPerExample.value / before.nsPerExample.value;
    const isCause = wholeGrows &&
      after.nsPerExample.value - before.nsPerExample.value > MOST_OF_GROWTH * grownNs;
    const grows = times > PHASE_CERTAIN_GROWTH ||
      surelyAbove(exponent, PHASE_SUPERLINEAR, PHASE_SURELY);
    return isCause || grows ? [{ phase, exponent, before, after, times }] : [];
  }).sort((a, b) => b.after.nsPerExample.value - a.after.nsPerExample.value);
  const named = phases.map(({ phase }) => `"${phase}"`).join(", ");
  return [
    ...(wholeGrows
      ? [{
        id: "superlinear" as const,
        layers: [],
        evidence: `Time per epoch grows as m^k, k = ${exponentText(exponents.whole)}: ` +
          `${range} an example gets ${growth.value.toPrecision(3)} × dearer ` +
          `(${micro(first)} to ${micro(last)}).`,
        meaning:
          "Each example costs more the more there are. A gradient does the same work for every " +
          "example, so its time per epoch is proportional to m.",
        fix: phases.length > 0
          ? `Look at ${named}: see the next finding.`
          : "Look for work on the whole data set in every step or for every example: a copy, a search, " +
            "a list that grows. Mark phases, and `slope profile` names the one that grows.",
      }]
      : []),
    ...phases.map(({ phase, exponent, before, after, times }): Finding => ({
      id: "phase-superlinear",
      layers: [],
      evidence: `Phase "${phase}" grows as m^k, k = ${exponentText(exponent)}: ${range} ` +
        `${times.toPrecision(3)} × dearer per example, from ${percent(before.share)} to ` +
        `${percent(after.share)} of the time.`,
      meaning:
        `"${phase}" does more for an example the more examples there are: it touches data that ` +
        `do not belong to the minibatch.`,
      fix:
        `In "${phase}", work on the rows of the minibatch alone; make what depends on the whole ` +
        "subset once, when the kernel is opened.",
    })),
  ];
}

function memoryFindings({ allocation }: SubsetFigures): Finding[] {
  if (allocation === undefined) return [];
  const { pauseShare = 0, collectionsPerSecond = 0, longestPauseNs = 0 } = allocation;
  const heap = allocation.heapBytesPerExample ?? 0;
  const buffers = allocation.bufferBytesPerExample ?? 0;
  const fix =
    "Allocate every array once, before the first step, and write into it; loop over indices " +
    "where map, slice and spread make new arrays.";
  return [
    ...(pauseShare > MUCH_COLLECTION
      ? [{
        id: "garbage-collection" as const,
        layers: [],
        evidence: `${percent(pauseShare)} of the time the program stands still for garbage ` +
          `collections: ${collectionsPerSecond.toPrecision(3)} per second, the longest ` +
          `${(longestPauseNs / 1e6).toPrecision(3)} ms.`,
        meaning:
          "What a step allocates must be found and freed again, and the longer it lives, the " +
          "dearer that is.",
        fix,
      }]
      : []),
    ...(heap + buffers > MUCH_ALLOCATION
      ? [{
        id: "allocation" as const,
        layers: [],
        evidence: `${kilobytes(heap + buffers)} are allocated per example` +
          (buffers >= 1 ? `, ${kilobytes(buffers)} of it for typed arrays.` : ", all on the heap."),
        meaning:
          "Fresh memory is cleared, written, read once and thrown away: traffic that a kernel " +
          "with arrays of its own does not have.",
        fix,
      }]
      : []),
  ];
}

/** Where the compulsory working set leaves each cache: of the sizes around it, those between which an example gets dearest. */
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

const isCliff = ({ ratio }: CacheStep): boolean => ratio.value > LEAST_STEP && ratio.low > 1;

function cacheCliff({ from, to, cache, ratio }: CacheStep): Finding {
  return {
    id: "cache-cliff",
    layers: [],
    evidence:
      `An example costs ${ratio.value.toPrecision(3)} × more with ${
        thousands(to)
      } examples than with ` +
      `${
        thousands(from)
      }, where the working set leaves the ${cache.level.toUpperCase()} cache of ` +
      `${megabytes(cache.bytes)} (${cache.workingSetBytes.map(megabytes).join(" to ")}).`,
    meaning: "Pixels then come from slower memory, and the arithmetic waits for them.",
    fix:
      "Keep pixels as the bytes that they are, or only those that are not 0; read each row once, in " +
      "one go, and finish with it before the next.",
  };
}

function fasterFormulation(formulations: readonly Faster[]): Finding[] {
  const faster = formulations.filter(({ speedup }) => speedup.low > LEAST_SPEEDUP);
  if (faster.length === 0) return [];
  const [best] = faster;
  return [{
    id: "faster-formulation",
    layers: [],
    factor: Number(best.speedup.value.toPrecision(3)),
    evidence: faster.map(({ name, summary, speedup }) =>
      `${name} is ${speedup.value.toPrecision(3)} × faster here (${summary})`
    ).join("; ") + ".",
    meaning:
      "The same sums can be computed in another order, with less memory traffic and without " +
      "what loops over single numbers cost.",
    fix:
      `Start from ${
        faster[faster.length - 1].name
      }, the nearest of them, or take ${best.name}; their ` +
      "files in src/gradients/ say how it is done.",
  }];
}

const micro = ({ nsPerExample }: SubsetFigures): string =>
  `${(nsPerExample.value / 1000).toPrecision(3)} µs`;
const thousands = (count: number): string => count.toLocaleString("en-US");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toPrecision(3)} kB`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;
