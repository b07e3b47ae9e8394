import { z } from "zod";
import { Doubt, SpeedVerdict } from "./comparison.ts";

const factor = z.number().positive();
const place = z.int().nonnegative();

/** Which implementation to take for one problem (subset size, minibatch size and seed), and the evidence. */
export const Choice = z.strictObject({
  examples: z.int().positive(),
  batchSize: z.int().positive(),
  seed: place,
  /** Index into the summary's series: what to take. */
  series: place,
  /** The fastest, which is another where one thread more buys next to nothing. */
  fastest: place,
  /** All others that are right and train the same model, in order of their time. */
  rivals: z.array(z.strictObject({
    series: place,
    ratio: factor,
    /** The verdict follows from it; absent where a side has a single trial. */
    interval: z.tuple([factor, factor]).optional(),
    /** The rival against the chosen, judged together with all speedups and choices of the run. */
    verdict: SpeedVerdict,
    doubt: Doubt.optional(),
  })),
  /**
   * Series that were not measured here, or failed, and might have been chosen: where both were measured they are near
   * the choice or faster, or there is no such size.
   */
  missing: z.array(place),
  /** The speedup over the baseline as two factors; absent where FLOP are unknown. */
  overBaseline: z.strictObject({
    flopRatio: factor,
    rateRatio: factor,
  }).optional(),
});
export type Choice = z.infer<typeof Choice>;
