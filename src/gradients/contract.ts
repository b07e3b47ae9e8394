import type { Dataset } from "../data/dataset.ts";
import type { Layout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";

export type Precision = "float32" | "float64";
export type Need = "ffi" | "gpu" | "threads";

/** What executes the arithmetic, and so which ceiling of the machine bounds its speed. */
export type BackEnd = "javascript" | "wasm" | "blas" | "gpu";

/** "Cannot run here" is a value with a reason (and its remedy), never an exception. */
export type Availability =
  | {
    readonly available: true;
    readonly version?: string;
    /** It runs, but on a processor that pretends to be the device: verified, not timed unless asked for. */
    readonly software?: true;
  }
  | { readonly available: false; readonly reason: string };

/** One way to compute the gradient. */
export interface GradientImplementation {
  /** Unique; equals the file name: "fused_typed". */
  readonly name: string;
  /** One line: what is special about it. */
  readonly summary: string;
  /** Of the stored parameters, activations and gradient. */
  readonly precision: Precision;
  /**
   * "threads" also says that it can use several: it is timed with each count of the plan, others with 1.
   */
  readonly needs?: readonly Need[];
  /**
   * Absolute paths of the native libraries that it opens ("ffi"): its process gets permission for these
   * alone. Left out: for every library.
   */
  readonly libraries?: readonly string[];
  /** Left out: unknown, so that only the highest ceiling of the machine bounds it. */
  readonly backEnd?: BackEnd;
  /**
   * It does no arithmetic for pixels that are 0, so that its FLOP are fewer than the dense count. Left out: it
   * is counted as dense, but not held to be impossibly fast for that; `false` is.
   */
  readonly skipsZeroPixels?: boolean;
  probe?(): Availability | Promise<Availability>;
  /** Allocate, compile, upload: all that is not a gradient. */
  open(problem: Problem): Kernel | Promise<Kernel>;
}

/** What a kernel is opened for. */
export interface Problem {
  readonly network: Network;
  /** The subset that is trained on; `batch` indices of a kernel refer to its rows. */
  readonly dataset: Dataset;
  readonly maxBatchSize: number;
  readonly threads: number;
}

/**
 * Marks the start of a phase while a profile is taken: "gather", "forward", "loss", "backward", "accumulate", "copy", or
 * what else fits. One that does two in one loop says so: "backward + accumulate".
 */
export type PhaseClock = (phase: string) => void;

export type Parameters = Float32Array | Float64Array;

interface KernelCore extends AsyncDisposable {
  /** Threads that it really uses, where that can differ from `Problem.threads`. */
  readonly threadsUsed?: number;
  /**
   * The device that computes, where it is not the processor: "NVIDIA H200". One that only speaks as a device
   * ends with "(software)": "llvmpipe (software)".
   */
  readonly device?: string;
  /** Where w[l][out][in] and b[l][out] live in `parameters` and in `gradient`. */
  readonly layout: Layout;
  /** (layout.length) written by the harness (start, restore, update), or by `descend`. */
  readonly parameters: Parameters;
  /** (layout.length) overwritten by `lossAndGradient`, never accumulated. */
  readonly gradient: Parameters;
}

export interface SyncKernel extends KernelCore {
  readonly mode: "sync";
  /**
   * Overwrites `gradient` with that of the mean loss over the rows `batch` of the subset and returns
   * that loss. `batch` has 1 to `maxBatchSize` elements.
   */
  lossAndGradient(batch: Uint32Array, phases?: PhaseClock): number;
  /** parameters −= rate · gradient, which stays as it is. Left out: the harness does it on the arrays above. */
  descend?(rate: number): void;
}

/** A kernel whose work is done elsewhere (a device, other threads). */
export interface AsyncKernel extends KernelCore {
  readonly mode: "async";
  lossAndGradient(batch: Uint32Array, phases?: PhaseClock): Promise<number>;
  descend?(rate: number): Promise<void>;
  /** Sends `parameters` to the device. */
  push?(): Promise<void>;
  /** Fetches `parameters` and `gradient` from the device. */
  pull?(): Promise<void>;
}

export type Kernel = SyncKernel | AsyncKernel;

/**
 * The short form of a plug-in. `parameters` and `gradient` are in the canonical layout: for each
 * layer, weights row-major [out][in], then biases [out], layers in order.
 */
export interface ShortFormImplementation {
  readonly name: string;
  readonly summary: string;
  readonly precision: Precision;
  readonly needs?: readonly Need[];
  readonly backEnd?: BackEnd;
  readonly skipsZeroPixels?: boolean;
  probe?(): Availability | Promise<Availability>;
  prepare(problem: Problem): ShortFormGradient | Promise<ShortFormGradient>;
}

/** Fills `gradient` with that of the mean loss over the rows `batch` and returns that loss. */
export type ShortFormGradient = (
  parameters: Parameters,
  batch: Uint32Array,
  gradient: Parameters,
) => number | Promise<number>;
