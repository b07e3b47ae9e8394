import { z } from "zod";
import { Environment } from "./plan.ts";
import { Cell, FORMAT_VERSION } from "./trial_record.ts";

const count = z.int().nonnegative();
const factor = z.number().positive();

const PastRun = z.strictObject({
  run: z.string(),
  startedAt: z.iso.datetime(),
  gitCommit: Environment.shape.gitCommit,
  slope: z.string(),
});

const TrendPoint = z.strictObject({
  run: count,
  nsPerEpoch: factor,
  low: z.number().nonnegative(),
  high: factor,
  trials: z.int().positive(),
  /** Median time of the yardstick beside its samples; absent where it was not timed. */
  yardstickNs: factor.optional(),
});

/** A change of level between two consecutive runs of a trend. */
const Step = z.strictObject({
  /** Indices into `points`: the last before and the first after. */
  before: count,
  after: count,
  /** Level after / level before: above 1, slower. A level is the median between two changes. */
  ratio: factor,
  yardstickRatio: factor.optional(),
  /** machine: the yardstick changed by enough to explain it. */
  cause: z.enum(["code", "machine", "unknown"]),
});
export type Step = z.infer<typeof Step>;

const Trend = z.strictObject({
  cell: Cell,
  /** Names what differs between the cells of its group, but not the subset size. */
  label: z.string(),
  group: count,
  points: z.array(TrendPoint).min(1),
  steps: z.array(Step).optional(),
});
export type Trend = z.infer<typeof Trend>;

/** Runs over time, cell by cell: what `history --format json` prints. */
export const History = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  runs: z.array(PastRun),
  /** Runs with comparable times: one machine, the same data, the same training. */
  groups: z.array(z.strictObject({
    host: z.string(),
    cpu: z.string(),
    cores: z.int().positive(),
    data: z.string(),
    epochs: z.int().positive(),
    runs: z.array(count).min(1),
  })),
  /** The number of runs that a trend needs for a search for steps. */
  fewestRuns: z.int().positive(),
  trends: z.array(Trend),
});
export type History = z.infer<typeof History>;
