import { z } from "zod";

/** A figure with the interval that covers it at `confidence`. */
export const Estimate = z.strictObject({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: z.number(),
});
export type Estimate = z.infer<typeof Estimate>;

/** A number with what is known of it; a side is absent where nothing is excluded. */
export const Bounded = z.strictObject({
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  confidence: z.number(),
});
export type Bounded = z.infer<typeof Bounded>;

/** k of time ~ m^k; without an interval where it comes from two sizes. */
export const Exponent = z.strictObject({
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
});
export type Exponent = z.infer<typeof Exponent>;
