import { z } from "zod";
import { INITIALISATIONS } from "../model/network.ts";
import { Ceilings } from "./ceilings.ts";
import { Finding } from "./finding.ts";
import { Counters, CpuProfile, SubsetProfile } from "./profile_record.ts";
import {
  Cell,
  GarbageCollection,
  Interference,
  Memory,
  SampleInterference,
  TrainingEpoch,
  Trajectory,
} from "./trial_record.ts";
import { CellRuntime, Rechecks, Verification } from "./trial_record.ts";

/** Version of the lines that parent and child exchange; see docs/PROTOCOL.md. */
export const PROTOCOL_VERSION = 1;

const nanoseconds = z.number().nonnegative();

/** Raw files of the prepared data: rows in the order of the subset, so that m examples are a prefix. */
const PreparedData = z.strictObject({
  trainPixels: z.string(),
  trainLabels: z.string(),
  testPixels: z.string(),
  testLabels: z.string(),
  features: z.int().positive(),
  classes: z.int().positive(),
  testExamples: z.int().positive(),
});

/** Asks which implementations a process offers. Answered by one `implementations`. */
export const DescribeRequest = z.strictObject({
  type: z.literal("describe"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Absolute path of a plug-in; absent: the implementations that come with Slope. */
  plugin: z.string().optional(),
  /** Implementations with one of these needs are not asked whether they can run, and count as unavailable. */
  unprobed: z.array(z.enum(["ffi", "gpu", "threads"])).optional(),
});
export type DescribeRequest = z.infer<typeof DescribeRequest>;
export type Unprobed = NonNullable<DescribeRequest["unprobed"]>;

/** Asks for one cell. The stages that are absent are left out; verification is always done. */
export const RunRequest = z.strictObject({
  type: z.literal("run"),
  protocol: z.literal(PROTOCOL_VERSION),
  cell: Cell,
  plugin: z.string().optional(),
  /** Only for Slope's own child: to be said again in `done`, so that no plug-in can say it. */
  token: z.string().optional(),
  data: PreparedData,
  initialisation: z.enum(INITIALISATIONS),
  /** Learning rate of every update. */
  rate: z.number().positive(),
  /** Go on after a wrong gradient. */
  keepWrong: z.boolean(),
  /** Only for peers, programs without Slope's code: what a child of Slope computes for itself. Raw, little-endian. */
  peer: z.strictObject({
    /** float64: the seeded start, canonical order. */
    initial: z.string(),
    /** uint32, (orderCount, examples): row e is the order of epoch e + 1; after the last comes the first. */
    orders: z.string(),
    orderCount: z.int().positive(),
  }).optional(),
  /** Time single steps for about this long, to predict what an epoch takes. Answered by `pace`. */
  pace: z.strictObject({ forNs: nanoseconds }).optional(),
  training: z.strictObject({
    epochs: z.int().positive(),
    /** Tell with the last epoch which test examples were right. */
    predictions: z.literal(true).optional(),
  }).optional(),
  /** When all else is done: the losses of so many steps from the start. Answered by `trajectory`. */
  trajectory: z.strictObject({ steps: z.int().positive() }).optional(),
  sampling: z.strictObject({
    engine: z.enum(["ordered", "mitata", "tinybench"]),
    /** Samples are taken until this much time has passed … */
    budgetNs: nanoseconds,
    /** … and there are at least so many. */
    minSamples: z.int().positive(),
    /** A sample shorter than this is made of several epochs, so that the clock's step does not count. */
    minSampleNs: nanoseconds,
  }).optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** Asks a child of Slope what this machine can do at best. Answered by one `ceilings`. */
const CeilingsRequest = z.strictObject({
  type: z.literal("ceilings"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** About what all loops together take. */
  budgetNs: nanoseconds,
  /** All cores: loops run on one thread and on so many at once. */
  threads: z.int().positive(),
  /** Sizes of the buffers that are read, ascending: the first fits a cache, the last does not. */
  buffersBytes: z.array(z.int().positive()).min(1),
});

/** Asks a child of Slope what is wrong with an implementation. Answered by one `findings`. */
export const DiagnoseRequest = z.strictObject({
  type: z.literal("diagnose"),
  protocol: z.literal(PROTOCOL_VERSION),
  subject: z.enum(["gradient", "training"]),
  cell: Cell,
  plugin: z.string().optional(),
  data: PreparedData,
  initialisation: z.enum(INITIALISATIONS),
  rate: z.number().positive(),
  epochs: z.int().positive(),
});
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>;

/**
 * Asks a child of Slope where time and memory go. Answered by `verified` if asked for, a `subset` for each size, what
 * else was asked for, and `profiled`.
 */
export const ProfileRequest = z.strictObject({
  type: z.literal("profile"),
  protocol: z.literal(PROTOCOL_VERSION),
  cell: Cell,
  plugin: z.string().optional(),
  data: PreparedData,
  initialisation: z.enum(INITIALISATIONS),
  rate: z.number().positive(),
  /** Examples of the subsets, ascending. */
  sizes: z.array(z.int().positive()).min(1),
  /** All sizes are divided by the same number until a stretch of each takes no longer than this together. */
  roundNs: nanoseconds.optional(),
  /** About what all takes, apart from the verification. */
  budgetNs: nanoseconds,
  verify: z.boolean(),
  keepWrong: z.boolean(),
  /** "marked": only of an implementation that marks some of its own. */
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

/** What the parent tells a peer that is ready to be verified, one JSON value per line. */
export const Instruction = z.discriminatedUnion("type", [
  /** Answered by `gradient`. */
  z.strictObject({
    type: z.literal("gradient"),
    /** File to read: float64, canonical order. */
    parameters: z.string(),
    /** Rows of the subset. */
    batch: z.array(z.int().nonnegative()).min(1),
    /** File to write: float64, canonical order. */
    gradient: z.string(),
  }),
  /** Its gradients are right: go on with pace, training and sampling. */
  z.strictObject({ type: z.literal("continue") }),
  /** They are wrong: go straight to `done`. */
  z.strictObject({ type: z.literal("stop") }),
]);
export type Instruction = z.infer<typeof Instruction>;

export const DescribedImplementation = z.strictObject({
  name: z.string(),
  summary: z.string(),
  precision: z.enum(["float32", "float64"]),
  needs: z.array(z.enum(["ffi", "gpu", "threads"])),
  backEnd: z.enum(["javascript", "wasm", "blas", "gpu"]).optional(),
  skipsZeroPixels: z.boolean().optional(),
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

/** What a child says, one JSON value per line, in the order of its work. */
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
  z.strictObject({ type: z.literal("findings"), findings: z.array(Finding) }),
  z.strictObject({ type: z.literal("subset"), subset: SubsetProfile }),
  z.strictObject({
    type: z.literal("cpuProfile"),
    /** One of the two. */
    profile: CpuProfile.optional(),
    unavailable: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("counters"), counters: Counters }),
  /** The end of a profile; nothing follows. */
  z.strictObject({ type: z.literal("profiled") }),
  z.strictObject({
    type: z.literal("opened"),
    loadNs: nanoseconds,
    openNs: nanoseconds,
    threadsUsed: z.int().positive().optional(),
    device: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("verified"),
    verifyNs: nanoseconds,
    verification: Verification,
  }),
  /** Of a peer: it waits for instructions. */
  z.strictObject({ type: z.literal("ready") }),
  /** Of a peer: the gradient that it was told to compute is written. Loss is absent when not finite. */
  z.strictObject({ type: z.literal("gradient"), loss: z.number().optional() }),
  z.strictObject({ type: z.literal("pace"), nsPerExample: nanoseconds }),
  z.strictObject({ type: z.literal("epoch"), evaluateNs: nanoseconds, ...TrainingEpoch.shape }),
  Samples,
  z.strictObject({ type: z.literal("trajectory"), ...Trajectory.shape }),
  /** The end of a run that went well; nothing follows. */
  z.strictObject({
    type: z.literal("done"),
    memory: Memory,
    /** Of Slope's own child, when it trained or sampled. */
    rechecks: Rechecks.optional(),
    /** The request's. */
    token: z.string().optional(),
    /** From hello to this message, by the child's clock. */
    clockNs: nanoseconds.optional(),
  }),
  /** The end of one that did not: in which stage, and what the program says about it. */
  z.strictObject({ type: z.literal("failed"), stage: z.string(), message: z.string() }),
]);
export type Message = z.infer<typeof Message>;
