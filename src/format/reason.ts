import { z } from "zod";

const nanoseconds = z.number().nonnegative();

/** Type of the last message before the end; absent: there was none. */
const lastMessage = z.string().optional();

const WrongGradient = z.strictObject({
  kind: z.literal("wrong-gradient"),
  /** As in `verification`. */
  worst: z.string().optional(),
  /** Absent when not finite. */
  maxRelativeError: z.number().nonnegative().optional(),
  tolerance: z.number().nonnegative(),
});

const FasterThanCeiling = z.strictObject({
  kind: z.literal("faster-than-ceiling"),
  /** The least FLOP that an epoch needs. */
  flopPerEpoch: z.number(),
  /** Time of the fastest epoch. */
  fastestNs: nanoseconds,
  /** Highest rate measured on this machine. */
  ceilingFlopPerSecond: z.number(),
  /** A rate up to this many times the ceiling would have been believed. */
  margin: z.number(),
});

/** A file of a plug-in has changed since the run began. */
const CodeChanged = z.strictObject({
  kind: z.literal("code-changed"),
  path: z.string(),
  /** SHA-256; absent: the file was not there. */
  before: z.string().optional(),
  after: z.string().optional(),
});

export type CodeChanged = z.infer<typeof CodeChanged>;

/** Why a process gave no answer, or one that is not believed. */
export const Failure = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("cannot-start"),
    command: z.string(),
    /** The system's. */
    message: z.string(),
  }),
  z.strictObject({
    kind: z.literal("died"),
    exitCode: z.int().optional(),
    signal: z.string().optional(),
    lastMessage,
    /** The last lines of standard error. */
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("timed-out"), afterNs: nanoseconds, lastMessage }),
  z.strictObject({ kind: z.literal("too-much-output"), limitBytes: z.int().positive() }),
  z.strictObject({
    kind: z.literal("invalid-message"),
    /** What was sent, shortened. */
    line: z.string(),
    /** What the schema says; absent: the line is not JSON. */
    message: z.string().optional(),
    lastMessage,
  }),
  /** What the process says itself. */
  z.strictObject({
    kind: z.literal("stage-failed"),
    stage: z.string(),
    message: z.string(),
  }),
  /** A peer does not follow the protocol. */
  z.strictObject({
    kind: z.literal("out-of-turn"),
    /** Type of the message. */
    sent: z.string(),
    problem: z.enum(["repeated", "unasked", "before-verified", "own-verdict"]),
  }),
  /** A plug-in writes messages in the name of the harness. */
  z.strictObject({
    kind: z.literal("forged-message"),
    sent: z.string(),
    problem: z.enum(["repeated", "without-token"]),
  }),
  /** The times that a process reports and the parent's clock exclude each other. */
  z.strictObject({
    kind: z.literal("impossible-times"),
    /** samples: longer than reported; total: shorter than reported; clock: it runs slowly. */
    of: z.enum(["samples", "total", "clock"]),
    reportedNs: nanoseconds,
    /** By the parent's clock. */
    passedNs: nanoseconds,
  }),
  /** The trial ended well, but what was asked for is not there. */
  z.strictObject({
    kind: z.literal("incomplete"),
    missing: z.enum(["verification", "samples", "figures"]),
  }),
  WrongGradient,
  FasterThanCeiling,
  CodeChanged,
]);
export type Failure = z.infer<typeof Failure>;

/** Why a program cannot run on this machine. */
export const Unavailable = z.discriminatedUnion("kind", [
  /** What the program says itself. */
  z.strictObject({ kind: z.literal("unavailable"), message: z.string() }),
  /** The process that should have told ended without an answer. */
  z.strictObject({ kind: z.literal("not-probed"), failure: Failure }),
  /** The runtime is not here. */
  z.strictObject({ kind: z.literal("no-runtime"), message: z.string() }),
  /** The runtime is here and does not know the program. */
  z.strictObject({ kind: z.literal("not-offered"), runtime: z.string() }),
  /** Nothing here runs a peer written in this language. */
  z.strictObject({
    kind: z.literal("no-language"),
    language: z.enum(["python", "javascript"]),
    /** Commands that were tried, and what became of them. */
    tried: z.array(z.strictObject({ command: z.string(), message: z.string() })).optional(),
  }),
]);
export type Unavailable = z.infer<typeof Unavailable>;

/** Why a trial was skipped or failed. */
export const Reason = z.discriminatedUnion("kind", [
  ...Failure.options,
  ...Unavailable.options,
  z.strictObject({
    kind: z.literal("over-budget"),
    predictedNs: nanoseconds,
    /** For all trials to come. */
    neededNs: nanoseconds,
    leftNs: nanoseconds,
  }),
  /** The same cell failed in this round. */
  z.strictObject({ kind: z.literal("not-repeated"), round: z.int().positive() }),
  /** Its device is the processor, so its times would be mistaken for those of a GPU. */
  z.strictObject({ kind: z.literal("software-device"), device: z.string().optional() }),
]);
export type Reason = z.infer<typeof Reason>;
