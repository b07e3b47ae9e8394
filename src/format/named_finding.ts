import { z } from "zod";
import { OtherNetwork } from "./program_protocol.ts";

export const count = z.int().nonnegative();
/** Layers that a finding concerns, counted from 1; empty where it concerns none in particular. */
export const layers = z.array(z.int().positive());

/** Absent: at the network of the plan, and with ordinary parameters; else these are so many times as large. */
export const elsewhere = { at: OtherNetwork.optional(), large: z.number().optional() };

export const finding = <Id extends string, Figures extends z.ZodRawShape>(
  id: Id,
  figures: Figures,
) => z.strictObject({ id: z.literal(id), layers, ...elsewhere, ...figures });
