import { z } from "zod";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../model/network.ts";
import { field } from "./field_kinds.ts";

const positive = z.int().positive();

/** Fields of a plan that make the networks. */
export const NETWORK_FIELDS = {
  layers: field({
    kind: "layers",
    flag: "layers",
    schema: z.array(z.array(positive).min(2)).min(1),
    otherwise: "pixels,16,16,classes",
    label: "layers",
    help: "Widths of the layers from input to output; may be repeated",
    decides: "which cells",
  }),
  hiddenActivations: field({
    kind: "choices",
    flag: "activation",
    schema: z.array(z.enum(HIDDEN_ACTIVATIONS)).min(1),
    default: ["sigmoid"],
    label: "hidden activation",
    help: "Activation of the hidden layers",
    decides: "which cells",
  }),
  outputLosses: field({
    kind: "choices",
    flag: "loss",
    schema: z.array(z.enum(OUTPUT_LOSSES)).min(1),
    default: ["sigmoid-quadratic"],
    label: "output and loss",
    help: "Output activation and loss",
    decides: "which cells",
  }),
} as const;
