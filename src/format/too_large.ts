import { z } from "zod";
import { tagged } from "./tagged.ts";

/** What a problem needs is more than its program can have on any machine. */
export const TooLargeReason = tagged("too-large", {
  of: z.enum(["wasm-memory", "array", "list"]),
  /** Bytes, or pixels that are not 0 of a list; at least so many. */
  needed: z.number().positive(),
  /** Absent: the runtime does not tell it. */
  limit: z.number().positive().optional(),
});
export type TooLargeReason = z.infer<typeof TooLargeReason>;
