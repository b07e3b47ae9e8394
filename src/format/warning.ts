import { z } from "zod";

const positive = z.int().positive();
const share = z.number();

/** How many cells a warning is about, and how many there are. */
const some = { cells: positive, of: positive };

const implementations = z.array(z.string()).min(1);

/** What a reader must know before believing the figures. */
export const Warning = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("synthetic-data") }),
  /** The plan asks for more trials. */
  z.strictObject({
    kind: z.literal("unfinished"),
    /** Recorded. */
    trials: z.int().nonnegative(),
    /** Absent where the plan does not say. */
    planned: positive.optional(),
    /** The last session has not ended, or was killed. */
    isOpen: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("no-figures") }),
  z.strictObject({
    kind: z.literal("software-device"),
    implementations,
    devices: z.array(z.string()).min(1),
  }),
  z.strictObject({ kind: z.literal("single-trial"), ...some }),
  /** Fewer steady samples than this. */
  z.strictObject({ kind: z.literal("few-samples"), ...some, fewest: positive }),
  z.strictObject({
    kind: z.literal("unsteady"),
    went: z.enum(["slowdown", "no steady state"]),
    trials: positive,
    implementations,
  }),
  /** The hypervisor gave more than the share `above` of the machine's time to others. */
  z.strictObject({ kind: z.literal("stolen-time"), ...some, above: share, greatest: share }),
  /** Other programs had the CPU while samples waited for it. */
  z.strictObject({
    kind: z.literal("contention"),
    ...some,
    /** Of the sampled time, in the cell that waited longest. */
    greatest: share,
    implementation: z.string(),
    examples: positive,
    /** What that cell would take with the samples set aside, divided by what it takes, less 1. */
    change: z.number().optional(),
    samples: positive,
    disturbed: z.int().nonnegative(),
    setAside: z.int().nonnegative(),
  }),
  /** The system does not tell waiting for a CPU from other time without one. */
  z.strictObject({
    kind: z.literal("guessed-waiting"),
    ...some,
    unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })).min(1),
  }),
  /** The process had a CPU for less than the share `below` of the sampled time. */
  z.strictObject({ kind: z.literal("little-cpu"), ...some, below: share, least: share }),
  z.strictObject({
    kind: z.literal("idle-threads"),
    implementation: z.string(),
    threadsUsed: positive,
    threads: positive,
    batchSizes: z.array(positive).min(1),
  }),
  z.strictObject({ kind: z.literal("wrong-gradient"), implementations }),
  z.strictObject({ kind: z.literal("sorted-samples"), engine: z.string() }),
]);
export type Warning = z.infer<typeof Warning>;
