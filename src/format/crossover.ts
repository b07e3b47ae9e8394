import { z } from "zod";
import { CROSSOVER_AXES } from "./crossover_axes.ts";
import { Cell } from "./trial_record.ts";

const factor = z.number().positive();
const program = Cell.pick({ implementation: true, runtime: true, threads: true, ranks: true });

/** Two programs, each of which is the faster one on its side. */
export const Crossover = z.strictObject({
  /** m, B, or the width of the hidden layers, where all have the same. */
  axis: z.enum(CROSSOVER_AXES),
  below: program,
  above: program,
  /** Where both take the same, between the two measured values around it. */
  at: factor,
  /** Up to here the one below is known to be faster. */
  low: factor,
  /** From here the one above is. */
  high: factor,
  /** The cell of the one below at `low`: what stays the same, too. */
  cell: Cell,
});
export type Crossover = z.infer<typeof Crossover>;
