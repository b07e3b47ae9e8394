import { z } from "zod";
import { Reason } from "./reason.ts";
import { Cell, FORMAT_VERSION } from "./trial_record.ts";

const count = z.int().nonnegative();
const nanoseconds = z.number().nonnegative();

/** What a sweep would measure, as `bench --dry-run --format json` prints it (docs/FORMAT.md). */
export const DryRun = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  cells: z.array(z.strictObject({
    cell: Cell,
    /** Names what differs between the cells, but not the subset size. */
    label: z.string(),
    /** Trials that would be run; 0 where the cell would be skipped. */
    trials: count,
    /** What one trial takes, from its process's start to its end; absent where no earlier run timed such a cell. */
    trialNs: nanoseconds.optional(),
    /** Why it would be skipped. */
    reasons: z.array(Reason).optional(),
  })),
  /** Time of the whole sweep; absent where a cell that would be run has no prediction. */
  predictedNs: nanoseconds.optional(),
  budgetSeconds: z.number().positive(),
  /** The earlier runs of this machine that the prediction rests on. */
  from: z.array(z.string()),
});
export type DryRun = z.infer<typeof DryRun>;
