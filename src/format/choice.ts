import { z } from "zod";
import { Doubt, nodesNeeded, roundsNeeded, SpeedVerdict } from "./comparison.ts";

const factor = z.number().positive();
const place = z.int().nonnegative();
const nanoseconds = z.number().nonnegative();

/** What a series takes from opening its kernel to the end of the last of so many epochs. */
const total = {
  /** Time to open the kernel; absent where it is unknown, and then counted as 0. */
  setUpNs: nanoseconds.optional(),
  /** setUpNs + epochs × time per epoch. */
  totalNs: z.number().positive(),
};

/** Which implementation to take for one problem (subset size, minibatch size and seed), and the evidence. */
export const Choice = z.strictObject({
  examples: z.int().positive(),
  batchSize: z.int().positive(),
  seed: place,
  /** The choice is the best for so many epochs, those of the plan. */
  epochs: z.int().positive(),
  /** Index into the summary's series: what to take. */
  series: place,
  ...total,
  /** The series of the least total, which is another where one thread more buys next to nothing. */
  fastest: place,
  /** All others that are right and train the same model, in order of their total. */
  rivals: z.array(z.strictObject({
    series: place,
    ...total,
    /** Ratio of the totals, rival / chosen. */
    ratio: factor,
    /** The verdict follows from it; absent where a side has a single trial. */
    interval: z.tuple([factor, factor]).optional(),
    /** The rival against the chosen, judged together with all speedups and choices of the run. */
    verdict: SpeedVerdict,
    doubt: Doubt.optional(),
    roundsNeeded,
    nodesNeeded,
  })),
  /** What is best from so many epochs on, up to the next entry; at `epochs` that is the choice. */
  byEpochs: z.array(z.strictObject({ from: z.int().positive(), series: place })).min(1),
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
