import { z } from "zod";
import { pixelExpression } from "../model/pixel_expression.ts";

/** Targets of the wrong classes and of the right one. */
export const Targets = z.tuple([z.number(), z.number()]).refine(
  ([low, high]) => low < high,
  "expected the lower target first, as 0.01,0.99",
).readonly();

export const PixelText = z.string().refine((text) => {
  try {
    pixelExpression(text);
    return true;
  } catch {
    return false;
  }
}, "expected an expression of x = byte / 255, as x*0.99+0.01");

/** What a program does on purpose otherwise than usual; src/model/convention.ts says what each means. */
export const Convention = z.strictObject({
  targets: Targets.optional(),
  pixels: PixelText.optional(),
  weightDecay: z.number().positive().optional(),
  momentum: z.number().positive().lt(1).optional(),
});
export type Convention = z.infer<typeof Convention>;
