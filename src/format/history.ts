import { z } from "zod";
import { Environment } from "./plan.ts";
import { Cell, FORMAT_VERSION } from "./trial_record.ts";

const count = z.int().nonnegative();
const factor = z.number().positive();

/** A run of a history, by time. */
const PastRun = z.strictObject({
  /** The name of its folder. */
  run: z.string(),
  startedAt: z.iso.datetime(),
  gitCommit: Environment.shape.gitCommit,
  slope: z.string(),
});

/** A cell in one of the runs. */
const TrendPoint = z.strictObject({
  /** Index into `runs`. */
  run: count,
  nsPerEpoch: factor,
  low: z.number().nonnegative(),
  high: factor,
  trials: z.int().positive(),
  /** What the fixed piece of work took beside its samples; absent where it was not timed. */
  yardstickNs: factor.optional(),
});

export const CAUSES = ["code", "machine", "unknown"] as const;

/** Between two runs that follow each other in a trend, the level changed. */
const Step = z.strictObject({
  /** Indices into `points`: the last before and the first after. */
  before: count,
  after: count,
  /** Level after / level before: above 1, slower. Levels are medians, from the change before to the change after. */
  ratio: factor,
  /** The same of the yardstick; absent where one side has none. */
  yardstickRatio: factor.optional(),
  /** machine: its yardstick changed with it, by so much that nothing else need have. */
  cause: z.enum(CAUSES),
});
export type Step = z.infer<typeof Step>;

const Trend = z.strictObject({
  cell: Cell,
  /** What to call it: names only what differs between the cells of its group, but not the subset size. */
  label: z.string(),
  /** Index into `groups`. */
  group: count,
  points: z.array(TrendPoint).min(1),
  /** Absent where there are too few points to look for any. */
  steps: z.array(Step).optional(),
});
export type Trend = z.infer<typeof Trend>;

/** Runs over time, cell by cell: what `history --format json` prints. */
export const History = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  runs: z.array(PastRun),
  /** Runs whose times mean the same: one machine, the same data, the same training. */
  groups: z.array(z.strictObject({
    host: z.string(),
    cpu: z.string(),
    cores: z.int().positive(),
    /** "mnist", "synthetic" or another set. */
    data: z.string(),
    epochs: z.int().positive(),
    rate: factor,
    /** Indices into `runs`. */
    runs: z.array(count).min(1),
  })),
  /** Runs that a trend must have before steps are looked for in it. */
  fewestRuns: z.int().positive(),
  trends: z.array(Trend),
});
export type History = z.infer<typeof History>;
