import { z } from "zod";
import { Failure } from "./reason.ts";
import { RuntimeName } from "./trial_record.ts";

const positive = z.int().positive();
const rate = z.number().positive();

/** The highest rate of one loop of arithmetic. */
const ArithmeticCeiling = z.strictObject({
  backEnd: z.enum(["javascript", "wasm", "blas", "native"]),
  precision: z.enum(["float32", "float64"]),
  /** Threads that ran it at the same time; the rate is that of all of them together. */
  threads: positive,
  flopPerSecond: rate,
  loop: z.string(),
});

/** The highest rate at which a buffer that was read before is read again. */
const ReadCeiling = z.strictObject({
  /** native: of C, which bounds native code alone. Absent: of WebAssembly. */
  backEnd: z.literal("native").optional(),
  bufferBytes: positive,
  threads: positive,
  bytesPerSecond: rate,
  loop: z.string(),
});

/** Loops that could not be run, and why. */
const Unmeasured = z.discriminatedUnion("what", [
  /** The process that runs the loops failed. */
  z.strictObject({ what: z.literal("everything"), failure: Failure }),
  /** threads: every loop on several threads. `message` is the runtime's or the system's. */
  z.strictObject({ what: z.enum(["threads", "blas", "native"]), message: z.string() }),
]);
export type Unmeasured = z.infer<typeof Unmeasured>;

/** What a machine can do at best, measured by simple loops in one JavaScript runtime. What is unknown is absent. */
export const Ceilings = z.strictObject({
  runtime: RuntimeName,
  startedAt: z.iso.datetime(),
  wallNs: z.number().nonnegative(),
  arithmetic: z.array(ArithmeticCeiling),
  reads: z.array(ReadCeiling),
  unmeasured: z.array(Unmeasured).min(1).optional(),
});
export type Ceilings = z.infer<typeof Ceilings>;
export type ArithmeticCeiling = z.infer<typeof ArithmeticCeiling>;
export type ReadCeiling = z.infer<typeof ReadCeiling>;
