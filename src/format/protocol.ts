import { z } from "zod";
import { CellRuntime } from "./cell.ts";
import { Ceilings } from "./ceilings.ts";
import { TrialFault } from "./fault.ts";
import { Finding } from "./finding.ts";
import { Assumption, FixedNetwork } from "./program_protocol.ts";
import { Counters, CpuProfile, SubsetProfile } from "./profile_record.ts";
import { Reached } from "./reached.ts";
import { PROTOCOL_VERSION } from "./protocol_version.ts";
import { TooLargeReason } from "./too_large.ts";
import {
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

const nanoseconds = z.number().nonnegative();

export const DescribedImplementation = z.strictObject({
  name: z.string(),
  summary: z.string(),
  precision: z.enum(["float32", "float64"]),
  needs: z.array(z.enum(["ffi", "gpu", "threads", "cc", "ranks"])),
  backEnd: z.enum(["javascript", "wasm", "blas", "native", "gpu"]).optional(),
  skipsZeroPixels: z.boolean().optional(),
  withOneThread: z.string().optional(),
  timedFromWidth: z.int().positive().optional(),
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
  communicationShare: z.number().min(0).max(1).optional(),
});

/** A message of a child, listed in the order of its work. */
export const Message = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.literal(PROTOCOL_VERSION),
    runtime: CellRuntime,
    version: z.string(),
    /** [rank] the processes of an MPI job; this is the first. */
    rankPids: z.array(z.int().positive()).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal("implementations"),
    implementations: z.array(DescribedImplementation),
  }),
  z.strictObject({ type: z.literal("ceilings"), ceilings: Ceilings }),
  /** Before the findings, of a program that reads its arguments in a way that it does not declare. */
  z.strictObject({ type: z.literal("assumed"), assumed: z.array(Assumption) }),
  /** Before the findings about the training. */
  z.strictObject({ type: z.literal("reached"), ...Reached.shape }),
  z.strictObject({ type: z.literal("findings"), findings: z.array(Finding) }),
  z.strictObject({ type: z.literal("subset"), subset: SubsetProfile }),
  z.strictObject({
    type: z.literal("cpuProfile"),
    /** Exactly one of the two is there. */
    profile: CpuProfile.optional(),
    unavailable: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("counters"), counters: Counters }),
  z.strictObject({
    type: z.literal("profiled"),
    /** Peak of the process of a program in another language, on the largest subset. */
    programPeakRssBytes: z.int().positive().optional(),
  }),
  z.strictObject({
    type: z.literal("opened"),
    loadNs: nanoseconds,
    openNs: nanoseconds,
    threadsUsed: z.int().positive().optional(),
    device: Device.optional(),
    compiled: Compiled.optional(),
    fused: z.literal(true).optional(),
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
  /** The last message when the program can never hold the problem. */
  z.strictObject({ type: z.literal("too-large"), reason: TooLargeReason }),
  /** The last message when Slope's own child finds a fault in the program. */
  z.strictObject({ type: z.literal("fault"), stage: z.string(), fault: TrialFault }),
]);
export type Message = z.infer<typeof Message>;
