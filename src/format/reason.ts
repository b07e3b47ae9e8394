import { z } from "zod";
import { RUNTIMES } from "../base/runtime.ts";
import { compared, TrialFault } from "./fault.ts";
import { tagged } from "./tagged.ts";
import { TooLargeReason } from "./too_large.ts";

const nanoseconds = z.number().nonnegative();

/** Type of the last message before the end; absent: there was none. */
const lastMessage = z.string().optional();

const WrongGradient = tagged("wrong-gradient", {
  /** As in `verification`. */
  ...compared,
});

const FasterThanCeiling = tagged("faster-than-ceiling", {
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
const CodeChanged = tagged("code-changed", {
  path: z.string(),
  /** SHA-256; absent: the file was not there. */
  before: z.string().optional(),
  after: z.string().optional(),
});

export type CodeChanged = z.infer<typeof CodeChanged>;

/** Why a process gave no answer, or one that is not believed. */
export const Failure = z.discriminatedUnion("kind", [
  tagged("cannot-start", {
    command: z.string(),
    /** The system's. */
    message: z.string(),
  }),
  tagged("died", {
    /** The process of an MPI job that ended first; absent: there is one process, or the launcher does not tell. */
    rank: z.int().nonnegative().optional(),
    exitCode: z.int().optional(),
    signal: z.string().optional(),
    lastMessage,
    /** The last lines of standard error. */
    message: z.string().optional(),
  }),
  tagged("timed-out", { afterNs: nanoseconds, lastMessage }),
  tagged("too-much-output", { limitBytes: z.int().positive() }),
  tagged("invalid-message", {
    /** What was sent, shortened. */
    line: z.string(),
    /** What the schema says; absent: the line is not JSON. */
    message: z.string().optional(),
    lastMessage,
  }),
  /** What the process says itself. */
  tagged("stage-failed", { stage: z.string(), message: z.string() }),
  TooLargeReason,
  /** What Slope found in the process. */
  tagged("fault", { stage: z.string(), fault: TrialFault }),
  /** A plug-in writes messages in the name of the harness. */
  tagged("forged-message", { sent: z.string(), problem: z.enum(["repeated", "without-token"]) }),
  /** The times that a process reports and the parent's clock exclude each other. */
  tagged("impossible-times", {
    /** samples: longer than reported; total: shorter than reported; clock: it runs slowly. */
    of: z.enum(["samples", "total", "clock"]),
    reportedNs: nanoseconds,
    /** By the parent's clock. */
    passedNs: nanoseconds,
  }),
  /** The trial ended well, but what was asked for is not there. */
  tagged("incomplete", { missing: z.enum(["verification", "samples", "figures"]) }),
  WrongGradient,
  FasterThanCeiling,
  CodeChanged,
]);
export type Failure = z.infer<typeof Failure>;

/** The runtime is not here. */
const NoRuntime = tagged("no-runtime", {
  runtime: z.enum(RUNTIMES),
  /** Path or version that the user gave; absent: the command on PATH was tried. */
  given: z.string().optional(),
  tooOld: z.strictObject({ version: z.string(), lowest: z.string() }).optional(),
  /** What it, or the system, answered instead of a path and a version; absent: it was not found. */
  message: z.string().optional(),
});
export type NoRuntime = z.infer<typeof NoRuntime>;

/** Why a program cannot run on this machine. */
export const Unavailable = z.discriminatedUnion("kind", [
  /** What the program says itself. */
  tagged("unavailable", { message: z.string() }),
  /** The process that should have told ended without an answer. */
  tagged("not-probed", { failure: Failure }),
  NoRuntime,
  /** The runtime is here and does not know the program. */
  tagged("not-offered", { runtime: z.string() }),
  /** Slope's own programs and its peers have the usual pixels, targets and no decay; the plan has others. */
  tagged("usual-convention", {}),
  /** An MPI job needs a launcher and a library that belong to each other. */
  tagged("no-mpi", {
    lacks: z.enum(["launcher", "library"]),
    /** The launcher whose library is not here, or what the user named. */
    of: z.string().optional(),
  }),
  /** Ranks wait for each other without giving up their core. */
  tagged("too-many-ranks", { ranks: z.int().positive(), cores: z.int().positive() }),
  /** Nothing here runs a peer written in this language. */
  tagged("no-language", {
    language: z.enum(["python", "javascript"]),
    /** Commands that were tried, and what became of them. */
    tried: z.array(z.strictObject({ command: z.string(), message: z.string() })).optional(),
  }),
]);
export type Unavailable = z.infer<typeof Unavailable>;

/** Its device is the processor, so its times would be mistaken for those of a GPU. */
export const SoftwareDevice = tagged("software-device", { device: z.string().optional() });
export type SoftwareDevice = z.infer<typeof SoftwareDevice>;

/** Why a trial was skipped or failed. */
export const Reason = z.discriminatedUnion("kind", [
  ...Failure.options,
  ...Unavailable.options,
  tagged("over-budget", {
    predictedNs: nanoseconds,
    /** For all trials to come. */
    neededNs: nanoseconds,
    leftNs: nanoseconds,
  }),
  /** The same cell failed in this round. */
  tagged("not-repeated", { round: z.int().positive() }),
  SoftwareDevice,
]);
export type Reason = z.infer<typeof Reason>;
