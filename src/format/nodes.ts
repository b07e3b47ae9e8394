import { z } from "zod";
import { Cell } from "./cell.ts";
import { Bounded } from "./interval.ts";

const positive = z.int().positive();

/** How slow one node of a merged run is. */
export const NodePaceSummary = z.strictObject({
  node: z.string(),
  /** Its kind, where machines of several kinds were merged. */
  machine: Cell.shape.machine,
  /** Nodes of other groups share no cell with it, as those of another kind of machine; absent with one group. */
  group: z.int().nonnegative().optional(),
  rounds: positive,
  /** Trials that gave figures. */
  trials: positive,
  /** Its time / the geometric mean over the nodes of its group; without an interval where a single cell was measured. */
  pace: Bounded,
});
export type NodePaceSummary = z.infer<typeof NodePaceSummary>;

/** The nodes of a merged run, whose paces are taken out of all times, where their intervals are known. */
export const NodesSummary = z.strictObject({
  each: z.array(NodePaceSummary).min(2),
  /**
   * How much what a cell takes on a node deviates from what the two lead to expect, beyond the scatter of trials: a
   * standard deviation of logarithms, and the chance that this scatter alone looks so (F test). Absent with one round
   * per node, which cannot tell the two apart.
   */
  interaction: z.strictObject({
    deviation: z.number().nonnegative(),
    pValue: z.number().min(0).max(1),
  }).optional(),
});
export type NodesSummary = z.infer<typeof NodesSummary>;
