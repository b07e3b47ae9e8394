import { z } from "zod";
import { tagged } from "./tagged.ts";

const positive = z.int().positive();
const share = z.number();

/** How many cells a warning is about, and how many there are. */
const some = { cells: positive, of: positive };

const implementations = z.array(z.string()).min(1);

/** What a reader must know before believing the figures. */
export const Warning = z.discriminatedUnion("kind", [
  tagged("synthetic-data", {}),
  tagged("unfinished", {
    trials: z.int().nonnegative(),
    planned: positive.optional(),
    isOpen: z.boolean(),
  }),
  /** The run has these rounds of its plan alone. */
  tagged("one-shard", { index: positive, count: positive, rounds: z.array(positive).min(1) }),
  /** Shards of a merged run that never came. */
  tagged("shards-missing", { indices: z.array(positive).min(1), count: positive }),
  /** Shards of a merged run that lack trials. */
  tagged("shards-unfinished", {
    shards: z.array(z.strictObject({
      index: positive,
      trials: z.int().nonnegative(),
      planned: positive.optional(),
      cutBytes: positive.optional(),
    })).min(1),
  }),
  /** Shards of a merged run that one machine measured at the same time. */
  tagged("shared-machine", {
    host: z.string(),
    shards: z.array(positive).min(2),
    /** How long at least two of them ran at once. */
    forNs: z.number().positive(),
  }),
  tagged("no-figures", {}),
  tagged("software-device", { implementations, devices: z.array(z.string()).min(1) }),
  tagged("single-trial", { ...some }),
  tagged("few-samples", { ...some, fewest: positive }),
  tagged("unsteady", {
    went: z.enum(["slowdown", "no steady state"]),
    trials: positive,
    implementations,
  }),
  tagged("stolen-time", { ...some, above: share, greatest: share }),
  tagged("contention", {
    ...some,
    /** Share of the sampled time, in the cell that waited longest. */
    greatest: share,
    implementation: z.string(),
    examples: positive,
    /** What that cell would take with the samples set aside, divided by what it takes, less 1. */
    change: z.number().optional(),
    samples: positive,
    disturbed: z.int().nonnegative(),
    setAside: z.int().nonnegative(),
  }),
  tagged("guessed-waiting", {
    ...some,
    unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })).min(1),
  }),
  tagged("little-cpu", { ...some, below: share, least: share }),
  /** No step of these trials was compared with the oracle while they were timed. */
  tagged("unaudited", { trials: positive, implementations }),
  /** Trials of a cell ran with different numbers of threads. */
  tagged("threads-differ", {
    implementation: z.string(),
    fewest: positive,
    most: positive,
    batchSizes: z.array(positive).min(1),
  }),
  tagged("idle-threads", {
    implementation: z.string(),
    threadsUsed: positive,
    threads: positive,
    batchSizes: z.array(positive).min(1),
    /** The implementation in whose lines it is shown, because that ran the same code. */
    sameCode: z.string().optional(),
  }),
  tagged("wrong-gradient", { implementations }),
  tagged("sorted-samples", { engine: z.string() }),
]);
export type Warning = z.infer<typeof Warning>;
