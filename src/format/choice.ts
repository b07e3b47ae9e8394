import { z } from "zod";
import { SpeedVerdict } from "./comparison.ts";

const factor = z.number().positive();
const place = z.int().nonnegative();

/** Which implementation to take for one problem (subset size, minibatch size and seed), and what speaks for it. */
export const Choice = z.strictObject({
  examples: z.int().positive(),
  batchSize: z.int().positive(),
  seed: place,
  /** Index into the summary's series: what to take. */
  series: place,
  /** The one of the least time, which is another where a thread more buys next to nothing. */
  fastest: place,
  /** All others that are right and train the same model, in order of their time. */
  rivals: z.array(z.strictObject({
    series: place,
    /** What an epoch of it takes / what one of the chosen takes: above 1, it is slower. */
    ratio: factor,
    /** 95 % or more, of this ratio on its own; absent where nothing tells how much processes differ. */
    interval: z.tuple([factor, factor]).optional(),
    /** Of the rival against the chosen, as one of all the ratios of all choices together. */
    verdict: SpeedVerdict,
  })),
  /**
   * Series that were not measured here, or failed, and might have been chosen: where both were measured they are near
   * the choice or faster, or there is no such size.
   */
  missing: z.array(place),
  /** What the chosen has over the baseline, speed being a product of the two; absent where FLOP are not known. */
  overBaseline: z.strictObject({
    /** FLOP that it does / that the baseline does. */
    flopRatio: factor,
    /** The rate at which it does them / that of the baseline. */
    rateRatio: factor,
  }).optional(),
});
export type Choice = z.infer<typeof Choice>;
