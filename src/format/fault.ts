import { z } from "zod";
import { tagged } from "./tagged.ts";

const whole = z.int().nonnegative();
const positive = z.int().positive();
const relative = z.number().nonnegative();
const arrayName = z.enum(["parameters", "gradient"]);
const arrayType = z.enum(["Float32Array", "Float64Array"]);
/** A value that came from the program, as text: it may be anything, such as NaN. */
const value = z.string();

/** What Slope finds wrong with a program that it runs in its own child process. */
export const Fault = z.discriminatedUnion("kind", [
  /** The kernel lacks a part of the contract. */
  tagged("member", { name: z.enum(["mode", "lossAndGradient", "layout.layers"]), found: value }),
  /** Another type or length; `found` is its type. */
  tagged("array", {
    name: arrayName,
    found: value,
    length: whole.optional(),
    expected: arrayType,
    layoutLength: value,
  }),
  /** A subclass or a proxy. */
  tagged("disguised-array", { name: arrayName, expected: arrayType }),
  tagged("layer-count", { found: whole, expected: whole }),
  /** Inputs and outputs of a layer. */
  tagged("layer-size", { layer: positive, found: z.array(value), expected: z.array(positive) }),
  /** The layout puts a parameter where another one is, or outside the array; without `input` it is the bias. */
  tagged("parameter-place", {
    layer: positive,
    output: whole,
    input: whole.optional(),
    at: value,
    isTaken: z.boolean(),
    length: whole,
  }),
  /** `lossAndGradient` returned no number; without `found` a promise. */
  tagged("loss", { found: value.optional() }),
  tagged("changed", {
    what: z.enum(["parameters", "row-numbers", "data", "label", "pixels", "arrays", "gradient"]),
    /** The row whose label or pixels changed. */
    row: whole.optional(),
  }),
  /** A function or object of the runtime. */
  tagged("built-in", { change: z.enum(["replaced", "added"]), name: z.string() }),
  /** `descend` did not compute parameters − rate · gradient; `parameter` is an index in canonical order. */
  tagged("update", {
    rate: z.number(),
    parameter: whole,
    before: value,
    after: value,
    expected: value,
  }),
  tagged("not-finite", { element: whole, value }),
  tagged("precision", {
    declared: z.enum(["float32", "float64"]),
    /** half: its error is as large; float16 and bfloat16: every number is one. */
    found: z.enum(["float32", "half", "float16", "bfloat16"]),
  }),
  /** Its gradient is one that was computed earlier; one-call-late: a second, identical call is right. */
  tagged("earlier-gradient", {
    of: z.enum([
      "previous-call",
      "one-call-late",
      "previous-step",
      "initial-parameters",
      "other-minibatch",
      "other-parameters",
    ]),
  }),
  tagged("rows-left-out", { rows: positive, of: positive }),
  /** Steps 0 to `steps` − 1 at once lead elsewhere than the same in two parts, the second from step `border` on. */
  tagged("other-in-parts", { steps: positive, border: positive }),
  tagged("unwritten", { written: whole, of: positive }),
  z.strictObject({
    kind: z.enum([
      "late-writes",
      "zero-gradient",
      "sum-for-mean",
      "loss-sum-for-mean",
      "works-between-calls",
      "right-only-over-nan",
      /** lossAndGradient is right; the update of `step` is not. */
      "wrong-step",
    ]),
  }),
]);
export type Fault = z.infer<typeof Fault>;

/** Where a gradient was compared with the oracle's. */
const Place = z.strictObject({
  /** Absent: the fault shows without a comparison. */
  part: z.enum(["loss", "weights", "biases"]).optional(),
  /** 1 = the first; absent for the loss. */
  layer: positive.optional(),
  /** Absent in a timed step. */
  point: z.enum(["initial", "trained", "saturated"]).optional(),
  batchSize: positive,
});
export type Place = z.infer<typeof Place>;

/** Fields of a comparison with the oracle. */
export const compared = {
  /**
   * ‖gradient − oracle‖ / ‖oracle‖ of the comparison nearest to its bound, or furthest beyond it, over all layers,
   * points and minibatches; the loss counts as a layer. Absent when not finite.
   */
  maxRelativeError: relative.optional(),
  /** The bound of that comparison: how far rounding can go with this precision and these lengths of sums. */
  tolerance: relative,
  /** Names that comparison. */
  worst: Place.optional(),
  /** Everything that was wrong in that minibatch, in the order of the layers; absent where nothing was compared. */
  wrongParts: z.array(Place.pick({ part: true, layer: true })).min(1).optional(),
  /** Explains a wrong gradient; absent where no known fault does. */
  fault: Fault.optional(),
};

/** What keeps a program in another language from answering. */
export const ProgramFault = z.discriminatedUnion("kind", [
  tagged("no-program", { command: z.string(), message: z.string() }),
  /** An exception, or what the kit found wrong; the place is in the program's own code. */
  tagged("exception", {
    message: z.string(),
    file: z.string().optional(),
    line: positive.optional(),
    source: z.string().optional(),
  }),
  /** The file was loaded and offers no program; `message` says what was expected. */
  tagged("offers-none", { message: z.string() }),
  tagged("missing-package", {
    package: z.string(),
    interpreter: z.string(),
    /** The file that imports it. */
    file: z.string().optional(),
  }),
  tagged("program-died", {
    exitCode: z.int().optional(),
    signal: z.string().optional(),
    /** What it was asked; absent: nothing. */
    during: z.string().optional(),
    /** The last lines of standard error. */
    message: z.string().optional(),
  }),
  tagged("invalid-reply", {
    /** What it was asked. */
    to: z.string(),
    /** What it answered, shortened. */
    line: z.string(),
    /** What the schema says; absent: the line is not JSON. */
    message: z.string().optional(),
  }),
  /** A file of numbers that a program wrote has another length. */
  tagged("file-length", { path: z.string(), bytes: whole, expectedBytes: whole }),
]);
export type ProgramFault = z.infer<typeof ProgramFault>;

/** What ends a trial besides a wrong gradient in verification. */
export const TrialFault = z.discriminatedUnion("kind", [
  ...Fault.options,
  ...ProgramFault.options,
  /** It was right when verified and wrong in a timed step; `isRightAgain` is the result of a second verification. */
  tagged("wrong-in-step", {
    ...compared,
    tolerance: relative.optional(),
    isRightAgain: z.boolean().optional(),
  }),
]);
export type TrialFault = z.infer<typeof TrialFault>;
