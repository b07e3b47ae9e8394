import { z } from "zod";
import { RUNTIMES } from "../base/runtime.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../model/network.ts";
import { Convention } from "./convention.ts";

const positive = z.int().positive();

export const RuntimeName = z.enum(RUNTIMES);
export type RuntimeName = z.infer<typeof RuntimeName>;

/** What runs a trial: a JavaScript runtime, Python, or a program in another language. */
export const CellRuntime = z.enum([...RuntimeName.options, "python", "program"]);
export type CellRuntime = z.infer<typeof CellRuntime>;

/** What is measured: everything that stays the same over the rounds. */
export const Cell = z.strictObject({
  implementation: z.string().min(1),
  runtime: CellRuntime,
  examples: positive,
  batchSize: positive,
  layerSizes: z.array(positive).min(2),
  hiddenActivation: z.enum(HIDDEN_ACTIVATIONS),
  outputLoss: z.enum(OUTPUT_LOSSES),
  /** Absent: pixels are byte / 255, targets 0 and 1, and weights do not decay. */
  convention: Convention.optional(),
  rate: z.number().positive(),
  precision: z.enum(["float32", "float64"]),
  threads: positive,
  /** Processes of an MPI job; absent for programs that are no such job. */
  ranks: positive.optional(),
  seed: z.int().nonnegative(),
  /**
   * The same implementation, timed again in the same rounds: "twin" runs the same code, so it differs only by noise;
   * "reference" runs the code of an earlier run.
   */
  copy: z.enum(["twin", "reference"]).optional(),
  /** Only where shards of several kinds of machines were merged: on which this was measured. */
  machine: z.string().optional(),
});
export type Cell = z.infer<typeof Cell>;
