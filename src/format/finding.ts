import { z } from "zod";
import { Convention } from "./convention.ts";
import { CodePlace, OtherNetwork } from "./program_protocol.ts";
import { Exponent } from "./interval.ts";
import { OutgrownCache } from "./laws.ts";
import { count, elsewhere, finding, layers } from "./named_finding.ts";
import { TRAINING_FINDINGS } from "./findings_of_training.ts";

/** The weights or the biases of one layer. */
const Part = z.strictObject({ kind: z.enum(["weights", "biases"]), layer: z.int().positive() });
const parts = z.array(Part);

/** Minibatches in which a simulation gave the kernel's numbers, and the largest relative error left. */
const Agreement = z.strictObject({
  minibatches: count,
  fewestExamples: count,
  mostExamples: count,
  error: z.number(),
});
export type Agreement = z.infer<typeof Agreement>;

/** A stage of backpropagation. */
const Stage = z.enum(["pixels", "activation", "product", "output", "backward", "biases"]);
export type Stage = z.infer<typeof Stage>;

/** A stage of the program that departs from backpropagation, as src/diagnose/inside/ reads it. */
const SimulatedMistake = z.strictObject({
  /** Its name in src/diagnose/words/mistake_words.ts. */
  id: z.string(),
  layers,
  ...elsewhere,
  /** Which of its forms, by name; absent where it has only one. */
  form: z.string().optional(),
  /** The program's formula and the right one, as mathematics. */
  found: z.string().optional(),
  right: z.string().optional(),
  /** The constant of the mistake: a rate, a limit, a coefficient. */
  value: z.number().optional(),
  /** With rounding whose formula is unknown: the first stage whose numbers have too few digits. */
  stage: Stage.optional(),
  /** The line that computes what departs: a variable held just these numbers after it. */
  place: CodePlace.optional(),
  /** What to declare if it is meant; the oracle then follows. */
  convention: Convention.optional(),
  /** Absent where the whole program could not be reproduced: then the stage alone says it. */
  agreement: Agreement.optional(),
});
export type SimulatedMistake = z.infer<typeof SimulatedMistake>;

/** A stage of the program that no formula fits. */
const UnexplainedStage = z.strictObject({
  stage: Stage,
  layer: z.int().positive(),
  /** The nearest formula, and its relative error. */
  nearest: z.string().optional(),
  error: z.number().optional(),
  /** For the first neurons of one row, what was read and what the stage above it should give. */
  table: z.array(z.strictObject({ read: z.number(), expected: z.number() })),
});

const NotFinite = z.enum(["NaN", "Infinity", "-Infinity"]);

const GRADIENT_FINDINGS = [
  /** `rate` where the change is a step −rate · gradient. */
  finding("parameters-changed", { rate: z.number().optional() }),
  /** Relative difference of two answers; absent where only the first answer differs from the rest. */
  finding("non-deterministic", {
    spread: z.number().optional(),
    /** The gradient was right before a training of so many updates, and wrong after it. */
    later: z.strictObject({ calls: count }).optional(),
    /** A question has another answer at the end of the examination, or another question, or other parameters, have the same. */
    changes: z.enum([
      "at-the-end",
      "never",
      "not-with-parameters",
      "rate-decays",
      "adaptive",
      "on-the-way-back",
    ])
      .optional(),
    /** Share of activations that are 0 in one call and not in another. */
    dropped: z.number().optional(),
  }),
  /**
   * Each answer is `coefficient` times the last one, plus the gradient, or `average`: plus 1 − coefficient of it. 0: the
   * momentum that the plan declares is missing.
   */
  finding("momentum-inside", {
    coefficient: z.number(),
    average: z.boolean(),
    /**
     * Nesterov's momentum; `late`: a velocity without the newest gradient; `other`: the gradient before the newest one
     * counts `earlier` times as much as that.
     */
    form: z.enum(["nesterov", "late", "other"]).optional(),
    earlier: z.number().optional(),
    /** Where it is missing; absent: everywhere. */
    parts: parts.optional(),
    convention: Convention.optional(),
  }),
  /** The call adds to what the array held, or to a sum of its own. */
  finding("accumulated", { into: z.enum(["gradient-array", "own-sum"]) }),
  finding("batch-changed", {}),
  /** `parts` is absent where the whole gradient is concerned; so below. */
  finding("sign-reversed", { parts: parts.optional() }),
  /** Gradients are 0, or the biases of `neverWritten` layers are not written at all. */
  finding("bias-missing", { neverWritten: layers }),
  finding("examples-skipped", {
    skipped: z.enum([
      "first",
      "last",
      "shorter-minibatches",
      "incomplete-blocks",
      "first-half",
      "second-half",
      "every-second",
    ]),
    blockSize: count.optional(),
    agreement: Agreement,
  }),
  finding("scale", {
    parts: parts.optional(),
    /** What the gradient of the longest minibatch is too large by. */
    factor: z.number(),
    /** The part is `times` the sum over the minibatch, divided by this. */
    times: z.number(),
    divisor: z.enum(["examples", "nothing", "examples-squared", "longest-minibatch", "data-set"]),
    longestMinibatch: count,
  }),
  /** The kernel's own update is not parameters − rate · gradient. */
  finding("wrong-update", {
    form: z.enum([
      "none",
      "into-gradient",
      "changes-gradient",
      "ascends",
      "ignores-rate",
      "rate-squared",
      "divided-by-batch",
      "times",
      "momentum",
      "nesterov",
      "decay",
      "not-finite",
      "unexplained",
    ]),
    /** Absent where weights and biases are concerned. */
    kind: z.enum(["weights", "biases"]).optional(),
    /** Factor, coefficient of momentum or decay. */
    value: z.number().optional(),
    /** What to declare if it is meant. */
    convention: Convention.optional(),
  }),
  /** The returned value is a loss whose gradient is another. Nothing known: `returned` is absent. */
  finding("loss-mismatch", {
    returned: z.strictObject({
      loss: z.string(),
      over: z.enum(["mean", "sum"]),
      factor: z.number(),
      /** The ε in its logarithm, if it has one. */
      epsilon: z.number().optional(),
    }).optional(),
    firstValue: z.number().optional(),
  }),
  /** In ordinary minibatches, or only with parameters that are larger by `enlarged`. */
  finding("overflow", {
    parts,
    loss: NotFinite.optional(),
    minibatches: count,
    broken: count,
    enlarged: z.number(),
    /** What the program threw with enlarged parameters: that a power is too large. Then no parts are known. */
    exception: z.string().optional(),
  }),
  /** With parameters that are larger by `enlarged` the program throws, and not because a number overflows. */
  finding("fails-when-large", { enlarged: z.number(), exception: z.string() }),
  /** Minibatches of some lengths fail; `works` are lengths that do not. */
  finding("fails-at-lengths", {
    works: z.array(count),
    fails: z.array(count),
    /** What it says where it fails. */
    message: z.string(),
    /** The gradient of minibatches that work is the right one. */
    isRight: z.boolean(),
  }),
  /** Gradients or activations of hidden layers are 0, unless `raised` is added to their biases: dead or saturated neurons. */
  finding("silent-neurons", {
    raised: z.number(),
    /** z is W x + b + this; absent where nothing could be read. */
    offset: z.number().optional(),
  }),
  finding("never-finite", { parts, loss: NotFinite.optional() }),
  /** No formulas give the kernel's numbers. */
  finding("unexplained", {
    wrong: z.array(z.strictObject({ part: Part, error: z.number() })),
    right: parts,
    stages: z.array(UnexplainedStage),
  }),
] as const;

/** It is right at the network of the plan, but others do not run, or give numbers that no formula explains. */
const NETWORK_FINDINGS = [
  finding("works-only-here", {
    /** Empty where the process ended. */
    others: z.array(z.strictObject({
      at: OtherNetwork,
      how: z.enum(["fails", "not-finite", "unexplained"]),
      /** What it says where it fails. */
      message: z.string().optional(),
    })),
    /** Others at which it is right. */
    right: z.array(OtherNetwork),
  }),
] as const;

/** Between the smallest subset and the largest; times are those of one example. */
const growth = { exponent: Exponent, fromExamples: count, toExamples: count, growth: z.number() };

const SCALING_FINDINGS = [
  finding("superlinear", {
    ...growth,
    fromNs: z.number(),
    toNs: z.number(),
    /** Phases to blame, each with a finding of its own. */
    phases: z.array(z.string()),
  }),
  finding("phase-superlinear", {
    ...growth,
    phase: z.string(),
    fromShare: z.number(),
    toShare: z.number(),
  }),
  finding("garbage-collection", {
    pauseShare: z.number(),
    collectionsPerSecond: z.number(),
    longestPauseNs: z.number(),
  }),
  finding("allocation", { bytesPerExample: z.number(), bufferBytesPerExample: z.number() }),
  finding("cache-cliff", {
    fromExamples: count,
    toExamples: count,
    growth: z.number(),
    cache: OutgrownCache,
  }),
  finding("faster-formulation", {
    /** Speedup of the fastest. */
    factor: z.number(),
    /** The fastest first. */
    formulations: z.array(z.strictObject({
      name: z.string(),
      summary: z.string(),
      speedup: z.number(),
    })),
  }),
] as const;

const FixedFinding = z.discriminatedUnion("id", [
  ...GRADIENT_FINDINGS,
  ...NETWORK_FINDINGS,
  ...TRAINING_FINDINGS,
  ...SCALING_FINDINGS,
]);
export type FixedFinding = z.infer<typeof FixedFinding>;

/** Something that is wrong or could be faster, as data; src/diagnose/words/ says it in sentences. */
export const Finding = z.union([FixedFinding, SimulatedMistake]);
export type Finding = z.infer<typeof Finding>;
export type FindingOf<Id extends FixedFinding["id"]> = Extract<FixedFinding, { id: Id }>;
