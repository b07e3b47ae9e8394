import { z } from "zod";
import { Estimate } from "./interval.ts";
import { Reason } from "./reason.ts";
import { Cell, CellRuntime, FORMAT_VERSION } from "./trial_record.ts";

const positive = z.int().positive();
const nanoseconds = z.number().nonnegative();

/** What is to be trained, and for how long. */
export const Question = z.strictObject({
  examples: positive,
  batchSize: positive,
  epochs: positive,
  layerSizes: Cell.shape.layerSizes,
  hiddenActivation: Cell.shape.hiddenActivation,
  outputLoss: Cell.shape.outputLoss,
});
export type Question = z.infer<typeof Question>;

const program = {
  implementation: z.string(),
  runtime: CellRuntime,
  threads: positive,
  ranks: positive.optional(),
  /** Names runtime, threads and ranks only where candidates differ in them. */
  label: z.string(),
};

/** What a program is predicted to take, from opening its kernel to the end of the last epoch. */
const Prediction = z.strictObject({
  ...program,
  /** Other programs that run the same code with the question's minibatches, and have no prediction of their own. */
  sameCode: z.array(z.string()).min(1).optional(),
  /** The interval is that of a single new process. */
  totalNs: Estimate,
  /** Opening the kernel, and what its first epoch takes longer than later ones. */
  startNs: nanoseconds,
  nsPerEpoch: z.number().positive(),
  /** Measured at these m, B and layers; between cells that were; or beyond them. */
  basis: z.enum(["measured", "interpolated", "extrapolated"]),
  /** Cells that the prediction rests on. */
  cells: positive,
});
export type Prediction = z.infer<typeof Prediction>;

/** What `choose --format json` prints. */
export const Answer = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  question: Question,
  /** Runs that the predictions rest on, by the names of their folders. */
  runs: z.array(z.string()).min(1),
  machine: z.strictObject({ cpu: z.string(), cores: positive }),
  /** The fastest first: that is the choice. */
  predictions: z.array(Prediction),
  /** Programs without a prediction; without reasons, they were not measured. */
  without: z.array(z.strictObject({ ...program, reasons: z.array(Reason).optional() })),
});
export type Answer = z.infer<typeof Answer>;
