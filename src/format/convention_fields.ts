import { z } from "zod";
import { PixelText, Targets } from "./convention.ts";
import { field } from "./field_kinds.ts";

/** Fields of a plan that say how a program departs from the usual on purpose. */
export const CONVENTION_FIELDS = {
  targets: field({
    kind: "targets",
    flag: "targets",
    schema: Targets.optional(),
    otherwise: "0,1, or what each program declares",
    label: "targets",
    help: "Target of an output: of a wrong class, and of the right one",
    decides: "every cell",
  }),
  pixels: field({
    kind: "pixels",
    flag: "pixels",
    schema: PixelText.optional(),
    otherwise: "x, or what each program declares",
    label: "pixels",
    help: "A pixel as an expression of x = byte / 255, as x*0.99+0.01; or standardised",
    decides: "every cell",
  }),
  weightDecay: field({
    kind: "number",
    flag: "weight-decay",
    schema: z.number().positive().optional(),
    otherwise: "none, or what each program declares",
    label: "weight decay",
    help: "Weight decay λ: the loss includes ½λ‖W‖²",
    decides: "every cell",
  }),
  momentum: field({
    kind: "number",
    flag: "momentum",
    schema: z.number().positive().lt(1).optional(),
    otherwise: "none",
    label: "momentum",
    help: "Momentum μ: the program uses v = μ v + gradient in place of the gradient",
    decides: "every cell",
  }),
} as const;
