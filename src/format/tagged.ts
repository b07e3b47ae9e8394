import { z } from "zod";

/** One kind of a union, with its fields. */
export const tagged = <K extends string, F extends z.ZodRawShape>(kind: K, fields: F) =>
  z.strictObject({ kind: z.literal(kind), ...fields });
