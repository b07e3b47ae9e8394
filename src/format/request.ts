import { z } from "zod";
import { PreparedData } from "../data/schemas.ts";
import { INITIALISATIONS } from "../model/network.ts";
import { Cell } from "./cell.ts";
import { PROTOCOL_VERSION } from "./protocol_version.ts";

const nanoseconds = z.number().nonnegative();

/** Words before the command line of a program in another language: they start it in a box. */
const wrapper = z.array(z.string()).optional();

/** What a run, a diagnosis and a profile need to know about a cell. */
const trainedCell = {
  protocol: z.literal(PROTOCOL_VERSION),
  cell: Cell,
  plugin: z.string().optional(),
  /** The interpreter of a Python plug-in. */
  python: z.string().optional(),
  wrapper,
  data: PreparedData,
  initialisation: z.enum(INITIALISATIONS),
};

/** Asks which implementations a process offers. Answered by `implementations`. */
export const DescribeRequest = z.strictObject({
  type: z.literal("describe"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Absolute path of a plug-in; absent: Slope's own implementations. */
  plugin: z.string().optional(),
  /** The interpreter of a Python plug-in. */
  python: z.string().optional(),
  wrapper,
  /** Implementations with one of these needs are not probed and count as unavailable. */
  unprobed: z.array(z.enum(["ffi", "gpu", "threads", "cc", "ranks"])).optional(),
});
export type DescribeRequest = z.infer<typeof DescribeRequest>;
export type Unprobed = NonNullable<DescribeRequest["unprobed"]>;

/** Asks to measure a cell. Absent stages are left out; the gradient is always verified. */
export const RunRequest = z.strictObject({
  type: z.literal("run"),
  ...trainedCell,
  /** For Slope's own child, which repeats it in `done`: a plug-in cannot, because it does not know it. */
  token: z.string().optional(),
  keepWrong: z.boolean(),
  /** Time single steps for about this long, to predict the time of an epoch. Answered by `pace`. */
  pace: z.strictObject({ forNs: nanoseconds }).optional(),
  training: z.strictObject({
    epochs: z.int().positive(),
    /** Report with the last epoch which test examples were classified correctly. */
    predictions: z.literal(true).optional(),
    /** Do not measure the test accuracy, which an earlier round has. */
    unevaluated: z.literal(true).optional(),
  }).optional(),
  /** After all stages, report the losses of the first `steps` steps. Answered by `trajectory`. */
  trajectory: z.strictObject({ steps: z.int().positive() }).optional(),
  sampling: z.strictObject({
    engine: z.enum(["ordered", "mitata", "tinybench"]),
    /** Take samples until this much time has passed … */
    budgetNs: nanoseconds,
    /** … and there are at least this many. */
    minSamples: z.int().positive(),
    /** A sample has several epochs if one is shorter than this, too short for the resolution of the clock. */
    minSampleNs: nanoseconds,
  }).optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** Asks Slope's own child for the highest rates of this machine. Answered by `ceilings`. */
export const CeilingsRequest = z.strictObject({
  type: z.literal("ceilings"),
  protocol: z.literal(PROTOCOL_VERSION),
  budgetNs: nanoseconds,
  /** Number of cores. Loops run on one thread and on all threads at once. */
  threads: z.int().positive(),
  /** Sizes of the buffers to read, ascending: the first fits a cache, the last does not. */
  buffersBytes: z.array(z.int().positive()).min(1),
});
export type CeilingsRequest = z.infer<typeof CeilingsRequest>;

/** Asks Slope's own child what is wrong with an implementation. Answered by `findings`, for a training after `reached`. */
export const DiagnoseRequest = z.strictObject({
  type: z.literal("diagnose"),
  ...trainedCell,
  /** "other-networks": whether a gradient that is right at the cell's network is so at others. */
  subject: z.enum(["gradient", "other-networks", "training"]),
  epochs: z.int().positive(),
  /** For a training: its gradient was found wrong, so what the right one gains is measured. */
  isWrong: z.literal(true).optional(),
});
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>;

/**
 * Asks Slope's own child where time and memory go. Answered by `verified`, a `subset` for each size, `cpuProfile` and
 * `counters`, as far as asked for, and `profiled`.
 */
export const ProfileRequest = z.strictObject({
  type: z.literal("profile"),
  ...trainedCell,
  sizes: z.array(z.int().positive()).min(1),
  /** All sizes are divided by the same number until one round over them takes no longer than this. */
  roundNs: nanoseconds.optional(),
  /** Stretches of all sizes take about the same time, so that other programs disturb all sizes alike. */
  equalStretches: z.literal(true).optional(),
  /** Approximate time of the profile without the verification. */
  budgetNs: nanoseconds,
  verify: z.boolean(),
  keepWrong: z.boolean(),
  /** "marked": only if the implementation marks phases of its own. */
  phases: z.enum(["all", "marked", "none"]),
  allocation: z.enum(["all", "largest", "none"]),
  /** With the hardware counters. */
  cpuProfile: z.boolean(),
});
export type ProfileRequest = z.infer<typeof ProfileRequest>;

export const Request = z.discriminatedUnion("type", [
  DescribeRequest,
  RunRequest,
  CeilingsRequest,
  DiagnoseRequest,
  ProfileRequest,
]);
export type Request = z.infer<typeof Request>;
