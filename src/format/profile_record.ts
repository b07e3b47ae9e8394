import { z } from "zod";
import { Cell, FORMAT_VERSION, Verification } from "./trial_record.ts";

const nanoseconds = z.number().nonnegative();
const count = z.int().nonnegative();
const positive = z.int().positive();

/** Two stretches of steps in random order: one without marks, as in a benchmark, and one with a clock at each phase. */
export const Pass = z.strictObject({
  plainNs: nanoseconds,
  plainExamples: positive,
  /** Absent where phases were not asked for, or the implementation marks none. */
  phased: z.strictObject({
    /** From before the first step to after the last, including the marks. */
    ns: nanoseconds,
    examples: positive,
    /** Time from the marks of a phase to the next marks, including one mark each. */
    phases: z.record(z.string(), z.strictObject({ ns: nanoseconds, marks: count })),
    markNs: nanoseconds,
  }).optional(),
});
export type Pass = z.infer<typeof Pass>;

/** Memory that steps without marks allocate. */
export const Allocation = z.strictObject({
  steps: positive,
  examples: positive,
  wallNs: nanoseconds,
  /** On the garbage-collected heap, in Bun including the contents of typed arrays; absent where unknown. */
  heapBytes: nanoseconds.optional(),
  /** Contents of typed arrays outside the heap: the median over single steps. */
  bufferBytesPerStep: nanoseconds.optional(),
  collections: z.array(z.strictObject({ kind: z.string(), pauseNs: nanoseconds })).optional(),
});
export type Allocation = z.infer<typeof Allocation>;

export const SubsetProfile = z.strictObject({
  examples: positive,
  batchSize: positive,
  /** In the order taken, including the warm-up. */
  passes: z.array(Pass).min(1),
  allocation: Allocation.optional(),
});
export type SubsetProfile = z.infer<typeof SubsetProfile>;

/** Hardware events of steps without marks. */
export const Counters = z.union([
  z.strictObject({ examples: positive, events: z.record(z.string(), z.number()) }),
  z.strictObject({ unavailable: z.string() }),
]);
export type Counters = z.infer<typeof Counters>;

/** The result of `Profiler.stop` of the inspector's protocol; times in µs. */
export const CpuProfile = z.object({
  nodes: z.array(z.object({
    id: z.int(),
    callFrame: z.object({
      functionName: z.string(),
      scriptId: z.string(),
      url: z.string(),
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

/** Time and memory of one process, as measured. */
export const ProfileRecord = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  cell: Cell,
  verification: Verification.optional(),
  subsets: z.array(SubsetProfile),
  counters: Counters.optional(),
  noCpuProfile: z.string().optional(),
  peakRssBytes: positive.optional(),
  startedAt: z.iso.datetime(),
});
export type ProfileRecord = z.infer<typeof ProfileRecord>;
