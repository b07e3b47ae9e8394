import { z } from "zod";

const positive = z.int().positive();
const share = z.number();

/** How many cells a warning is about, and how many there are. */
const some = { cells: positive, of: positive };

const implementations = z.array(z.string()).min(1);

/** What a reader must know before believing the figures. */
export const Warning = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("synthetic-data") }),
  z.strictObject({
    kind: z.literal("unfinished"),
    trials: z.int().nonnegative(),
    planned: positive.optional(),
    isOpen: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("no-figures") }),
  z.strictObject({
    kind: z.literal("software-device"),
    implementations,
    devices: z.array(z.string()).min(1),
  }),
  z.strictObject({ kind: z.literal("single-trial"), ...some }),
  z.strictObject({ kind: z.literal("few-samples"), ...some, fewest: positive }),
  z.strictObject({
    kind: z.literal("unsteady"),
    went: z.enum(["slowdown", "no steady state"]),
    trials: positive,
    implementations,
  }),
  z.strictObject({ kind: z.literal("stolen-time"), ...some, above: share, greatest: share }),
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
  z.strictObject({
    kind: z.literal("guessed-waiting"),
    ...some,
    unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })).min(1),
  }),
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
