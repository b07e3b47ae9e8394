import { z } from "zod";
import { Convention } from "./convention.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../model/network.ts";

const positive = z.int().positive();
const count = z.int().nonnegative();

/** Version of the conversation with a program in another language; see docs/PROTOCOL.md. */
export const PROGRAM_PROTOCOL_VERSION = 1;

/** Files that a program and Slope share. Numbers are little-endian; parameters and gradient in canonical order. */
const ProgramFiles = z.strictObject({
  /** float64; Slope writes it before `load`, the program when it is told to `save`. */
  parameters: z.string(),
  /** float64; the program writes it when it is told to `save`. */
  gradient: z.string(),
  /** uint32; Slope writes it before `arrange`. */
  order: z.string(),
});
export type ProgramFiles = z.infer<typeof ProgramFiles>;

/** What Slope asks a program, one line each. Every line is answered by one line before the next is sent. */
const ProgramRequest = z.discriminatedUnion("type", [
  /** Answered by `described`. `plugin`: the file, for a kit that runs plug-ins of its language. */
  z.strictObject({
    type: z.literal("describe"),
    protocol: z.literal(PROGRAM_PROTOCOL_VERSION),
    plugin: z.string().optional(),
  }),
  /** Set up for one network and subset. Answered by `opened`. */
  z.strictObject({
    type: z.literal("open"),
    program: z.string(),
    network: z.strictObject({
      layerSizes: z.array(positive).min(2),
      hiddenActivation: z.enum(HIDDEN_ACTIVATIONS),
      outputLoss: z.enum(OUTPUT_LOSSES),
    }),
    data: z.strictObject({
      /** Raw bytes, (examples, features) and (examples); the files may have more rows. */
      pixels: z.string(),
      labels: z.string(),
      examples: positive,
      features: positive,
      classes: positive,
    }),
    batchSize: positive,
    threads: positive,
    files: ProgramFiles,
  }),
  /** Take the parameters from their file. Answered by `loaded`. */
  z.strictObject({ type: z.literal("load") }),
  /** Compute the gradient of the mean loss over these rows, and keep it. Answered by `gradient`. */
  z.strictObject({ type: z.literal("gradient"), batch: z.array(count).min(1) }),
  /** Write the parameters and the last gradient. Answered by `saved`. */
  z.strictObject({ type: z.literal("save") }),
  /** Take the order of the examples from its file, for `steps`. Answered by `arranged`. */
  z.strictObject({ type: z.literal("arrange"), batchSize: positive }),
  /**
   * Do steps `first` to `end` − 1 of the order, each a gradient and parameters −= rate · gradient, so many times, and
   * keep the gradient of the last. Answered by `stepped`.
   */
  z.strictObject({
    type: z.literal("steps"),
    first: count,
    end: positive,
    rate: z.number().positive(),
    times: positive,
    /** Add up the time of each phase, and say it. Only sent where the program said that it marks phases. */
    phases: z.literal(true).optional(),
  }),
  /**
   * Sample the stack during `steps` from now on, so often; answered by `profiling`. Only sent where the program said that
   * it takes profiles.
   */
  /**
   * Compute the gradient of these rows and say which line first holds each of these vectors, or a multiple of it.
   * Answered by `located`.
   */
  z.strictObject({
    type: z.literal("locate"),
    batch: z.array(count).min(1),
    wanted: z.array(z.array(z.number())),
  }),
  z.strictObject({ type: z.literal("startProfile"), intervalUs: positive }),
  /** Write the profile to `file`, in the format .cpuprofile of Chromium. Answered by `profiled`. */
  z.strictObject({ type: z.literal("stopProfile"), file: z.string() }),
  /** Answered by `usage`. */
  z.strictObject({ type: z.literal("usage") }),
]);
export type ProgramRequest = z.infer<typeof ProgramRequest>;

/** A network that a program computes and cannot change; absent fields are free. */
export const FixedNetwork = z.strictObject({
  layerSizes: z.array(positive).min(2).optional(),
  hiddenActivation: z.enum(HIDDEN_ACTIVATIONS).optional(),
  outputLoss: z.enum(OUTPUT_LOSSES).optional(),
  /** What it does on purpose otherwise than usual. */
  convention: Convention.optional(),
});
export type FixedNetwork = z.infer<typeof FixedNetwork>;

/** What another network has otherwise than that of a plan. */
export const OtherNetwork = FixedNetwork.omit({ convention: true });
export type OtherNetwork = z.infer<typeof OtherNetwork>;

/** How a program reads its arguments, where it does not declare it. */
export const Assumption = z.strictObject({ name: z.string(), value: z.string() });
export type Assumption = z.infer<typeof Assumption>;

/** A line of a program's own code. */
export const CodePlace = z.strictObject({
  file: z.string(),
  line: positive,
  source: z.string().optional(),
});
export type CodePlace = z.infer<typeof CodePlace>;

/** What a program answers. Unknown is absent. */
export const ProgramReply = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("described"),
    /** Version of the language and its libraries. */
    version: z.string().optional(),
    programs: z.array(z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/),
      summary: z.string(),
      precision: z.enum(["float32", "float64"]),
      needs: z.array(z.enum(["ffi", "gpu", "threads"])).optional(),
      /** It answers `arrange` and `steps`; otherwise Slope updates the parameters after every gradient. */
      steps: z.boolean().optional(),
      /** It answers `steps` with `phases`, if asked for. */
      marksPhases: z.literal(true).optional(),
      /** It answers `locate`. */
      locates: z.literal(true).optional(),
      /** It answers `startProfile` and `stopProfile`. */
      takesProfiles: z.literal(true).optional(),
      network: FixedNetwork.optional(),
      /** True if it does no arithmetic for pixels that are 0. */
      skipsZeroPixels: z.boolean().optional(),
      /** The program whose code it runs where `opened` says that it uses one thread. */
      withOneThread: z.string().min(1).optional(),
    })).min(1),
  }),
  z.strictObject({
    type: z.literal("opened"),
    assumed: z.array(Assumption).optional(),
    /** False: it computes no loss. */
    returnsLoss: z.boolean().optional(),
    /** Its gradient is (before − after) / rate: of the last step, or always, then at rate 1 outside `steps`. */
    derives: z.enum(["steps", "always"]).optional(),
    /** It has no biases: they count as 0, and have no gradient. */
    withoutBiases: z.literal(true).optional(),
    threadsUsed: positive.optional(),
    loadedRssBytes: count.optional(),
    openedRssBytes: count.optional(),
  }),
  z.strictObject({ type: z.literal("loaded") }),
  /** The mean loss; absent when it is unknown or not finite. */
  z.strictObject({ type: z.literal("gradient"), loss: z.number().optional() }),
  z.strictObject({ type: z.literal("saved") }),
  z.strictObject({ type: z.literal("arranged") }),
  z.strictObject({
    type: z.literal("stepped"),
    /** The mean loss over these examples, each before its update. */
    loss: z.number().optional(),
    /** From the start of the first step to the end of the last; what no phase names is `unmarked`. */
    phases: z.record(z.string().min(1), z.strictObject({ ns: z.number(), marks: count }))
      .optional(),
    /** What one mark takes. */
    markNs: z.number().nonnegative().optional(),
  }),
  /** As many as were wanted; empty where a vector was not seen. */
  z.strictObject({ type: z.literal("located"), places: z.array(CodePlace.partial()) }),
  z.strictObject({ type: z.literal("profiling") }),
  z.strictObject({ type: z.literal("profiled") }),
  z.strictObject({
    type: z.literal("usage"),
    cpuNs: count.optional(),
    involuntarySwitches: count.optional(),
    voluntarySwitches: count.optional(),
    collections: count.optional(),
    peakRssBytes: count.optional(),
  }),
  /** It could not do what it was asked. */
  z.strictObject({
    type: z.literal("failed"),
    message: z.string(),
    /** Where in the program's own code. */
    file: z.string().optional(),
    line: positive.optional(),
    source: z.string().optional(),
    /** A package that is not installed, and the interpreter that lacks it. */
    missing: z.string().optional(),
    interpreter: z.string().optional(),
    /** The answer to `describe` where the plug-in was loaded and has no program in it. */
    offersNone: z.literal(true).optional(),
  }),
]);
export type ProgramReply = z.infer<typeof ProgramReply>;
