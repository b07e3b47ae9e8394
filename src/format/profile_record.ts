import { z } from "zod";
import { Cell, FORMAT_VERSION, Verification } from "./trial_record.ts";

const nanoseconds = z.number().nonnegative();
const count = z.int().nonnegative();
const positive = z.int().positive();

/**
 * Two stretches of steps, one after the other in random order: one as every benchmark runs it, one with a clock at
 * each phase.
 */
export const Pass = z.strictObject({
  plainNs: nanoseconds,
  plainExamples: positive,
  /** Absent where phases were not asked for, or the implementation marks none. */
  phased: z.strictObject({
    /** From before the first step to behind the last, with all that the marks take. */
    ns: nanoseconds,
    examples: positive,
    /** By phase: what lay between its marks and the next ones, each with one mark's own time. */
    phases: z.record(z.string(), z.strictObject({ ns: nanoseconds, marks: count })),
    /** What a mark takes, measured beside this pass. */
    markNs: nanoseconds,
  }).optional(),
});
export type Pass = z.infer<typeof Pass>;

/** What steps without marks allocate. */
export const Allocation = z.strictObject({
  steps: positive,
  examples: positive,
  wallNs: nanoseconds,
  /** On the heap of the garbage collector. In Bun with the contents of typed arrays; absent where it is not told. */
  heapBytes: nanoseconds.optional(),
  /** Contents of typed arrays beside the heap, by the median of single steps. */
  bufferBytesPerStep: nanoseconds.optional(),
  /** In their order. */
  collections: z.array(z.strictObject({ kind: z.string(), pauseNs: nanoseconds })).optional(),
});
export type Allocation = z.infer<typeof Allocation>;

/** One subset of the data under the clock. */
export const SubsetProfile = z.strictObject({
  examples: positive,
  batchSize: positive,
  /** In the order taken, those of a warm-up too. */
  passes: z.array(Pass).min(1),
  allocation: Allocation.optional(),
});
export type SubsetProfile = z.infer<typeof SubsetProfile>;

/** Hardware events of steps without marks, as the processor counted them. */
export const Counters = z.union([
  z.strictObject({ examples: positive, events: z.record(z.string(), z.number()) }),
  z.strictObject({ unavailable: z.string() }),
]);
export type Counters = z.infer<typeof Counters>;

/** A CPU profile as `Profiler.stop` of the inspector's protocol gives it; times in µs. */
export const CpuProfile = z.object({
  nodes: z.array(z.object({
    id: z.int(),
    callFrame: z.object({
      functionName: z.string(),
      scriptId: z.string(),
      url: z.string(),
      /** From 0. */
      lineNumber: z.int(),
      columnNumber: z.int(),
    }),
    hitCount: z.int().optional(),
    children: z.array(z.int()).optional(),
  })),
  startTime: z.number(),
  endTime: z.number(),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

/** Where the time and the memory of one process went, as measured. */
export const ProfileRecord = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  cell: Cell,
  verification: Verification.optional(),
  subsets: z.array(SubsetProfile),
  counters: Counters.optional(),
  /** Why there is no CPU profile, where one was asked for. */
  noCpuProfile: z.string().optional(),
  peakRssBytes: positive.optional(),
  startedAt: z.iso.datetime(),
});
export type ProfileRecord = z.infer<typeof ProfileRecord>;
