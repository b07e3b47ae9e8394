import { z } from "zod";
import { Estimate } from "./interval.ts";
import { count, finding } from "./named_finding.ts";

const planned = { updates: count, plannedUpdates: count };
/**
 * Test accuracy of a right gradient before and after a correction, at the same number of updates; at another `rate` where
 * the correction needs one.
 */
const Gain = z.strictObject({
  updates: count,
  before: z.number(),
  after: z.number(),
  rate: z.number().optional(),
});
export type Gain = z.infer<typeof Gain>;

/** Share that the nearest class mean gets right, and the share of the commonest label. */
const nearestMean = { accuracy: z.number(), examples: count, commonest: z.number() };

const wrongRate = {
  /** Given rate / best rate. */
  factor: z.number(),
  rate: z.number(),
  bestRate: z.number(),
  advisedRate: z.number(),
  ...planned,
  /** Test loss at the start, and after `updates` at both rates; absent where it is not finite. */
  startLoss: z.number(),
  loss: z.number().optional(),
  bestLoss: z.number(),
  gain: Gain,
};

export const TRAINING_FINDINGS = [
  finding("labels-shuffled", nearestMean),
  /** The class means of the training set fail on the test set. */
  finding("test-labels-shuffled", {
    ...nearestMean,
    trainAccuracy: z.number(),
    /** One training: its accuracy on the test set, and on training examples held back. */
    gain: Gain.optional(),
  }),
  /** Pixels that are the same in every example. */
  finding("constant-inputs", { constant: count, inputs: count }),
  /** Every neuron of a layer has the same weights. */
  finding("equal-units", { zero: z.boolean(), when: z.enum(["start", "trained"]) }),
  finding("loss-exploding", {
    startLoss: z.number(),
    loss: z.number().optional(),
    updates: count,
  }),
  /** Declared pixels with which the rate and the start do worse than with pixels from 0 to 1. */
  finding("rate-for-other-pixels", {
    /** An expression of x = byte / 255, and the least and greatest value. */
    pixels: z.string(),
    least: z.number(),
    most: z.number(),
    rate: z.number(),
    /** With these pixels. */
    bestRate: z.number(),
    bestAccuracy: z.number(),
    /** What pixels from 0 to 1 gain. */
    gain: Gain,
  }),
  finding("rate-too-large", wrongRate),
  finding("rate-too-small", { ...wrongRate, neededUpdates: count }),
  finding("too-few-updates", {
    epochs: count,
    batchSize: count,
    ...planned,
    rate: z.number(),
    accuracy: z.number(),
    smaller: z.strictObject({
      batchSize: count,
      rate: z.number(),
      updates: count,
      accuracy: z.number(),
    }),
  }),
  finding("saturated-units", {
    units: z.array(z.strictObject({
      layer: z.int().positive(),
      saturated: z.number(),
      /** With weights scaled by 1/√inputs. */
      saturatedIfScaled: z.number(),
    })),
    gain: Gain.optional(),
  }),
  finding("dead-units", {
    units: z.array(z.strictObject({
      layer: z.int().positive(),
      dead: z.number(),
      deadAtStart: z.number(),
    })),
    updates: count,
    examples: count,
    /** What other weights at the start gain where neurons start dead, else what a smaller rate does. */
    gain: Gain.optional(),
  }),
  finding("loss-flat", { startLoss: z.number(), loss: z.number(), ...planned }),
  finding("accuracy-at-chance", {
    accuracy: Estimate,
    examples: count,
    commonest: z.number(),
    /** The only class of which examples are right; then all of them are. */
    onlyRight: count.optional(),
    ...planned,
  }),
  /** Share of the minibatches of neighbours in the file that have one class. */
  finding("data-sorted", { batchSize: count, share: z.number() }),
] as const;
