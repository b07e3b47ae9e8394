import { z } from "zod";
import { PreparedData } from "../data/schemas.ts";
import { INITIALISATIONS } from "../model/network.ts";
import { Ceilings } from "./ceilings.ts";
import { TrialFault } from "./fault.ts";
import { Finding } from "./finding.ts";
import { Assumption, FixedNetwork } from "./program_protocol.ts";
import { Counters, CpuProfile, SubsetProfile } from "./profile_record.ts";
import {
  Cell,
  CellRuntime,
  Compiled,
  Device,
  GarbageCollection,
  Interference,
  Memory,
  Rechecks,
  SampleInterference,
  TrainingEpoch,
  Trajectory,
  Verification,
} from "./trial_record.ts";

/** Version of the protocol between parent and child; see docs/PROTOCOL.md. */
export const PROTOCOL_VERSION = 1;

const nanoseconds = z.number().nonnegative();

/** What a run, a diagnosis and a profile need to know about a cell. */
const trainedCell = {
  protocol: z.literal(PROTOCOL_VERSION),
  cell: Cell,
  plugin: z.string().optional(),
  /** The interpreter of a Python plug-in. */
  python: z.string().optional(),
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
  /** Implementations with one of these needs are not probed and count as unavailable. */
  unprobed: z.array(z.enum(["ffi", "gpu", "threads", "cc"])).optional(),
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

/** Asks Slope's own child what is wrong with an implementation. Answered by `findings`. */
export const DiagnoseRequest = z.strictObject({
  type: z.literal("diagnose"),
  ...trainedCell,
  subject: z.enum(["gradient", "training"]),
  epochs: z.int().positive(),
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

export const DescribedImplementation = z.strictObject({
  name: z.string(),
  summary: z.string(),
  precision: z.enum(["float32", "float64"]),
  needs: z.array(z.enum(["ffi", "gpu", "threads", "cc"])),
  backEnd: z.enum(["javascript", "wasm", "blas", "gpu"]).optional(),
  skipsZeroPixels: z.boolean().optional(),
  network: FixedNetwork.optional(),
  availability: z.union([
    z.strictObject({
      available: z.literal(true),
      version: z.string().optional(),
      software: z.literal(true).optional(),
    }),
    z.strictObject({ available: z.literal(false), reason: z.string() }),
  ]),
});
export type DescribedImplementation = z.infer<typeof DescribedImplementation>;

const Samples = z.strictObject({
  type: z.literal("samples"),
  engine: z.enum(["ordered", "mitata", "tinybench"]),
  epochsPerSample: z.int().positive(),
  samplesNs: z.array(nanoseconds).min(1),
  gc: GarbageCollection.optional(),
  interference: Interference,
  sampleInterference: SampleInterference.optional(),
});

/** A message of a child, listed in the order of its work. */
export const Message = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.literal(PROTOCOL_VERSION),
    runtime: CellRuntime,
    version: z.string(),
  }),
  z.strictObject({
    type: z.literal("implementations"),
    implementations: z.array(DescribedImplementation),
  }),
  z.strictObject({ type: z.literal("ceilings"), ceilings: Ceilings }),
  /** Before the findings, of a program that reads its arguments in a way that it does not declare. */
  z.strictObject({ type: z.literal("assumed"), assumed: z.array(Assumption) }),
  z.strictObject({ type: z.literal("findings"), findings: z.array(Finding) }),
  z.strictObject({ type: z.literal("subset"), subset: SubsetProfile }),
  z.strictObject({
    type: z.literal("cpuProfile"),
    /** Exactly one of the two is there. */
    profile: CpuProfile.optional(),
    unavailable: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("counters"), counters: Counters }),
  z.strictObject({ type: z.literal("profiled") }),
  z.strictObject({
    type: z.literal("opened"),
    loadNs: nanoseconds,
    openNs: nanoseconds,
    threadsUsed: z.int().positive().optional(),
    device: Device.optional(),
    compiled: Compiled.optional(),
    returnsLoss: z.literal(false).optional(),
    assumed: z.array(Assumption).optional(),
  }),
  z.strictObject({
    type: z.literal("verified"),
    verifyNs: nanoseconds,
    verification: Verification,
  }),
  z.strictObject({ type: z.literal("pace"), nsPerExample: nanoseconds }),
  z.strictObject({
    type: z.literal("epoch"),
    evaluateNs: nanoseconds.optional(),
    ...TrainingEpoch.shape,
  }),
  Samples,
  z.strictObject({ type: z.literal("trajectory"), ...Trajectory.shape }),
  /** The last message of a successful run. */
  z.strictObject({
    type: z.literal("done"),
    memory: Memory,
    /** From Slope's own child, if it trained or sampled. */
    rechecks: Rechecks.optional(),
    token: z.string().optional(),
    /** Time since `hello`, by the child's clock. */
    clockNs: nanoseconds.optional(),
  }),
  /** The last message when a stage fails; `message` is what the program says. */
  z.strictObject({ type: z.literal("failed"), stage: z.string(), message: z.string() }),
  /** The last message when Slope's own child finds a fault in the program. */
  z.strictObject({ type: z.literal("fault"), stage: z.string(), fault: TrialFault }),
]);
export type Message = z.infer<typeof Message>;
