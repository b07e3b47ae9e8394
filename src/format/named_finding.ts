import { z } from "zod";
import { OtherNetwork } from "./program_protocol.ts";

export const count = z.int().nonnegative();
/** Layers that a finding concerns, counted from 1; empty where it concerns none in particular. */
export const layers = z.array(z.int().positive());

/** Absent: at the network of the plan. */
export const elsewhere = { at: OtherNetwork.optional() };

export const finding = <Id extends string, Figures extends z.ZodRawShape>(
  id: Id,
  figures: Figures,
) => z.strictObject({ id: z.literal(id), layers, ...elsewhere, ...figures });
