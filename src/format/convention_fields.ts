import { z } from "zod";
import { PixelText, Targets } from "./convention.ts";
import { field } from "./field_kinds.ts";

/** Fields of a plan that say what a program does on purpose otherwise than usual. */
export const CONVENTION_FIELDS = {
  targets: field({
    kind: "targets",
    flag: "targets",
    schema: Targets.optional(),
    otherwise: "0,1, or what each program declares",
    label: "targets",
    help: "Numbers that outputs are compared with, of wrong classes and of the right one",
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
    help: "The loss has ½λ‖W‖² more: λ",
    decides: "every cell",
  }),
  momentum: field({
    kind: "number",
    flag: "momentum",
    schema: z.number().positive().lt(1).optional(),
    otherwise: "none",
    label: "momentum",
    help: "The program's v = μ v + gradient takes the place of the gradient: μ",
    decides: "every cell",
  }),
} as const;
