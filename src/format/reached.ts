import { z } from "zod";

const accuracy = z.number().min(0).max(1);
const rate = z.number().positive();
const updates = z.int().nonnegative();

/** What a right gradient reaches where a program was trained: beside the findings, whether or not there are any. */
export const Reached = z.strictObject({
  /** The best that was found; `epochs` are those of the data. */
  reachable: z.strictObject({
    accuracy,
    rate,
    batchSize: z.int().positive(),
    updates,
    epochs: z.number(),
  }),
  /** For a program with a wrong gradient: test accuracy of both after the same number of updates. */
  gain: z.strictObject({
    updates,
    rate,
    batchSize: z.int().positive(),
    /** The program as it is. */
    own: accuracy,
    /** The right gradient at the same rate. */
    corrected: accuracy,
    /** The right gradient at the best rate that was tried. */
    best: z.strictObject({ rate, accuracy }),
  }).optional(),
});
export type Reached = z.infer<typeof Reached>;
