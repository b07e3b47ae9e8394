import { z } from "zod";
import { Cell } from "./cell.ts";
import { compared } from "./fault.ts";
import { Assumption } from "./program_protocol.ts";
import { Reason } from "./reason.ts";

export { Cell, CellRuntime, RuntimeName } from "./cell.ts";

/** Version of the files of a run: `run.json`, `trials.jsonl`, `summary.json`. */
export const FORMAT_VERSION = 1 as const;

const count = z.int().nonnegative();
const positive = z.int().positive();
const nanoseconds = z.number().nonnegative();

export const Verdict = z.enum(["exact", "reordered", "lower-precision", "wrong"]);
export type Verdict = z.infer<typeof Verdict>;

export const Verification = z.strictObject({
  verdict: Verdict,
  ...compared,
});
export type Verification = z.infer<typeof Verification>;

/** Steps that were compared with the oracle after verification, off the clock. */
export const Rechecks = z.strictObject({
  seed: count,
  steps: count,
});

export const TrainingEpoch = z.strictObject({
  epoch: positive,
  /** Mean of the step losses of this epoch, each taken before its update. Absent when not finite. */
  loss: z.number().optional(),
  /** Absent in later rounds, which train the same model. */
  testAccuracy: z.number().min(0).max(1).optional(),
  trainNs: nanoseconds,
  /** One bit per test example, as base64: whether it was right. Last epoch of the first round only. */
  correct: z.base64().optional(),
});

/** Losses of the first steps, each before its update, up to the first that is not finite. */
export const Trajectory = z.strictObject({
  losses: z.array(z.number()),
  /** From initial parameters that were each moved by 2⁻²³ of itself: how training amplifies rounding errors. */
  nudged: z.array(z.number()).optional(),
  diverged: z.literal(true).optional(),
});

/** How the wall-clock time of a trial's process was spent. */
export const Durations = z.strictObject({
  wallNs: nanoseconds,
  loadNs: nanoseconds.optional(),
  openNs: nanoseconds.optional(),
  verifyNs: nanoseconds.optional(),
  trainNs: nanoseconds.optional(),
  evaluateNs: nanoseconds.optional(),
  sampleNs: nanoseconds.optional(),
});

export const Memory = z.strictObject({
  /** Peak resident set of the process, read by its parent at the end (Linux), or the greatest of several ranks. */
  peakRssBytes: count.optional(),
  loadedRssBytes: count.optional(),
  dataBytes: count.optional(),
  /** Resident set after `open`; the excess over `loadedRssBytes` is the set-up of the kernel. */
  openedRssBytes: count.optional(),
});

export const GarbageCollection = z.strictObject({
  collections: count,
  pauseNs: nanoseconds.optional(),
});

/** What the system did during each sample, in their order; the first 1,000 samples at most. */
export const SampleInterference = z.strictObject({
  /**
   * A sample of a single thread counts as disturbed when its process waited for a CPU for more than this share of it.
   * Waiting is `waitNs`. Where that is unknown, it is the duration less `cpuNs`, but no more than the time that the
   * machine saw tasks wait (`pressureNs`) or gave to others (`stealNs`).
   */
  setAsideAbove: z.number().positive(),
  cpuNs: z.array(nanoseconds),
  involuntarySwitches: z.array(count),
  waitNs: z.array(nanoseconds).optional(),
  pressureNs: z.array(nanoseconds).optional(),
  stealNs: z.array(nanoseconds).optional(),
  /** Files of the system that could not be read, which leaves out `waitNs`, `pressureNs` or `stealNs`. */
  unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })).min(1).optional(),
});

/** What disturbed the process while samples were taken, as far as the system reports it. */
export const Interference = z.strictObject({
  cpuNs: nanoseconds.optional(),
  wallNs: nanoseconds.optional(),
  involuntarySwitches: count.optional(),
  voluntarySwitches: count.optional(),
  stealNs: nanoseconds.optional(),
  cpuPressureNs: nanoseconds.optional(),
  yardstickNs: z.array(nanoseconds).optional(),
});

/** The device that computed; absent for the processor. */
export const Device = z.strictObject({
  /** By its driver. */
  name: z.string(),
  /** The processor emulates it. */
  software: z.literal(true).optional(),
});
export type Device = z.infer<typeof Device>;

/** How the native code of a kernel was made. */
export const Compiled = z.strictObject({
  /** Time of the compiler, once. */
  ns: nanoseconds,
  /** It was compiled before, so that set-up does not include it. */
  cached: z.boolean(),
});

/** One line of `trials.jsonl`: one cell in one round, as measured. docs/FORMAT.md explains the fields. */
export const TrialRecord = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  status: z.enum(["ok", "skipped", "failed"]),
  reasons: z.array(Reason).min(1).optional(),
  cell: Cell,
  round: positive,
  /** The node that measured it, by a name of its own; absent in a run of one machine. */
  node: z.string().min(1).optional(),
  engine: z.enum(["ordered", "mitata", "tinybench"]).optional(),
  threadsUsed: positive.optional(),
  device: Device.optional(),
  compiled: Compiled.optional(),
  /** Gradient and update were one pass. */
  fused: z.literal(true).optional(),
  /** It computes no loss. */
  returnsLoss: z.literal(false).optional(),
  /** How a program reads its arguments, where it does not declare it. */
  assumed: z.array(Assumption).optional(),
  /** In the order taken (engine "ordered"). Empty when skipped, or failed before sampling. */
  samplesNs: z.array(nanoseconds),
  epochsPerSample: positive.optional(),
  verification: Verification.optional(),
  training: z.strictObject({ epochs: z.array(TrainingEpoch) }).optional(),
  rechecks: Rechecks.optional(),
  trajectory: Trajectory.optional(),
  memory: Memory.optional(),
  /** Share of the time of a step in which rank 0 added up gradients with the others, or waited for them. */
  communicationShare: z.number().min(0).max(1).optional(),
  gc: GarbageCollection.optional(),
  interference: Interference.optional(),
  sampleInterference: SampleInterference.optional(),
  durations: Durations.optional(),
  startedAt: z.iso.datetime(),
}).refine((trial) => trial.status === "ok" || trial.reasons !== undefined, {
  message: "a trial that is not ok needs reasons",
});
export type TrialRecord = z.infer<typeof TrialRecord>;

/** The same text for the same cell; with a round it identifies a trial. */
export function cellKey(cell: Cell): string {
  return [
    cell.implementation,
    cell.runtime,
    cell.examples,
    cell.batchSize,
    cell.layerSizes.join("-"),
    cell.hiddenActivation,
    cell.outputLoss,
    cell.rate,
    cell.precision,
    cell.threads,
    cell.seed,
    ...(cell.ranks === undefined ? [] : [`${cell.ranks} ranks`]),
    ...(cell.convention === undefined ? [] : [JSON.stringify(cell.convention)]),
    ...(cell.copy === undefined ? [] : [cell.copy]),
    ...(cell.machine === undefined ? [] : [cell.machine]),
  ].join("|");
}

/** Whether a trial knows its accuracy after every epoch, as the first of a cell does. */
export const isEvaluated = ({ training }: Pick<TrialRecord, "training">): boolean =>
  training !== undefined && training.epochs.length > 0 &&
  training.epochs.every(({ testAccuracy }) => testAccuracy !== undefined);
