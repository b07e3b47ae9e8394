import { z } from "zod";
import { Bounded, Estimate } from "./interval.ts";

const count = z.int().nonnegative();

/** What the other sizes predict for the largest one, in ns per epoch or as test error. */
const HeldOut = z.strictObject({
  examples: z.int().positive(),
  /** By the fit to all other sizes, with the interval of a new measurement. */
  predicted: Estimate,
  measured: z.number(),
  error: z.number(),
  isCovered: z.boolean(),
});
export type HeldOut = z.infer<typeof HeldOut>;

/** Which laws the times may follow. */
const Growth = z.strictObject({
  /** "m", "m log m", "m²" or a power such as "m^1.5"; several, the best first, where the data fit them alike. */
  names: z.array(z.string()).min(1),
  laws: z.array(z.strictObject({
    /** "m^k": the power law with a free exponent. */
    law: z.string(),
    deltaAicc: z.number().nonnegative(),
    weight: z.number(),
    /** T = constantNs + coefficientNs · law. */
    coefficientNs: z.number(),
    constantNs: z.number().optional(),
  })),
});
export type Growth = z.infer<typeof Growth>;

/** A cache that holds the working set at one m and not at the next. */
export const OutgrownCache = z.strictObject({
  level: z.enum(["l1d", "l2", "l3"]),
  bytes: z.number(),
  /** Compulsory bytes of an epoch at the two sizes: the subset, parameters and gradient. */
  workingSetBytes: z.tuple([z.number(), z.number()]),
});
export type OutgrownCache = z.infer<typeof OutgrownCache>;

/** From one size on, every epoch takes longer, or less long, by one factor. */
const Breakpoint = z.strictObject({
  after: z.int().positive(),
  before: z.int().positive(),
  /** By which times per example shift: 1.3 = 30 % longer from there on. */
  factor: Estimate,
  /** Probability of a shift this clear, anywhere, where there is none. */
  pValue: z.number(),
  exponent: Estimate,
  /** The cache that the working set outgrows there; absent where it outgrows none of known size. */
  cache: OutgrownCache.optional(),
});
export type Breakpoint = z.infer<typeof Breakpoint>;

export const ScalingLaw = z.strictObject({
  series: count,
  /** T = constantNs + coefficientNs · m^exponent, fitted to logarithms. */
  exponent: Estimate,
  coefficientNs: z.number(),
  constantNs: z.number().positive().optional(),
  /** Root mean square of the residuals in natural log units: 0.05 = about 5 %. */
  residual: z.number(),
  sizes: z.array(z.int().positive()),
  growth: Growth.optional(),
  heldOut: HeldOut.optional(),
  breakpoint: Breakpoint.optional(),
});
export type ScalingLaw = z.infer<typeof ScalingLaw>;

export const LearningCurve = z.strictObject({
  series: count,
  points: z.array(z.strictObject({ examples: z.int().positive(), testAccuracy: z.number() })),
  /** error(m) = floor + scale · m^−decay; absent when there are too few sizes, or the fit fails. */
  fit: z.strictObject({
    floor: z.number(),
    scale: z.number(),
    decay: z.number(),
    residual: z.number(),
    /** Absent where the points hardly limit it. */
    decayInterval: Bounded.optional(),
    floorInterval: Bounded.optional(),
  }).optional(),
  noFit: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("few-sizes"), sizes: count, needed: count }),
    /** A test error of 0 has no logarithm. */
    z.strictObject({ kind: z.literal("no-error") }),
    z.strictObject({ kind: z.literal("not-falling") }),
  ]).optional(),
  heldOut: HeldOut.optional(),
});
export type LearningCurve = z.infer<typeof LearningCurve>;
