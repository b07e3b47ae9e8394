import { z } from "zod";

const rate = z.number().positive();

/** Where a cell stands under the roofs of its machine. */
export const Roofline = z.strictObject({
  flopDonePerEpoch: z.number(),
  flopDonePerSecond: z.number(),
  bytesPerEpoch: z.number(),
  flopPerByte: z.number(),
  /** Absent where none was measured for what computes. */
  ceiling: z.strictObject({
    flopPerSecond: rate,
    share: z.number(),
    /** What the ceiling is made of: the rate of the arithmetic, or that at which bytes come from a cache or memory. */
    bound: z.enum(["compute", "cache", "memory"]),
    backEnd: z.enum(["javascript", "wasm", "blas", "native"]).optional(),
    threads: z.int().positive(),
  }).optional(),
  /** The share of a ceiling that the cell exceeds: it was measured too low, and there is no `ceiling`. */
  overCeiling: z.number().positive().optional(),
});
export type Roofline = z.infer<typeof Roofline>;

/** One line of the roofline plot. */
export const Roof = z.union([
  z.strictObject({ kind: z.literal("compute"), label: z.string(), flopPerSecond: rate }),
  z.strictObject({ kind: z.literal("bandwidth"), label: z.string(), bytesPerSecond: rate }),
]);
export type Roof = z.infer<typeof Roof>;
