import { z } from "zod";
import { RuntimeName } from "./trial_record.ts";

const positive = z.int().positive();
const rate = z.number().positive();

/** The highest rate of one loop of arithmetic. */
const ArithmeticCeiling = z.strictObject({
  /** What executes the loop. */
  backEnd: z.enum(["javascript", "wasm", "blas"]),
  precision: z.enum(["float32", "float64"]),
  /** Threads that ran it at the same time; the rate is that of all of them together. */
  threads: positive,
  flopPerSecond: rate,
  /** The loop, in words. */
  loop: z.string(),
});

/** The highest rate at which a buffer that was read before is read again. */
const ReadCeiling = z.strictObject({
  /** Bytes that one repeat reads, all threads together. */
  bufferBytes: positive,
  threads: positive,
  bytesPerSecond: rate,
  loop: z.string(),
});

const Unmeasured = z.strictObject({
  /** threads: every loop on several threads. */
  what: z.enum(["threads", "blas"]),
  /** Why: what the system or the runtime says. */
  message: z.string(),
});
export type Unmeasured = z.infer<typeof Unmeasured>;

/** What a machine can do at best, measured by simple loops in one JavaScript runtime. What is unknown is absent. */
export const Ceilings = z.strictObject({
  runtime: RuntimeName,
  startedAt: z.iso.datetime(),
  /** What the measuring took. */
  wallNs: z.number().nonnegative(),
  arithmetic: z.array(ArithmeticCeiling),
  reads: z.array(ReadCeiling),
  /** Loops that could not be run. */
  unmeasured: z.array(Unmeasured).min(1).optional(),
});
export type Ceilings = z.infer<typeof Ceilings>;
export type ArithmeticCeiling = z.infer<typeof ArithmeticCeiling>;
export type ReadCeiling = z.infer<typeof ReadCeiling>;
