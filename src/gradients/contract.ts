import type { Dataset } from "../data/dataset.ts";
import type { Layout } from "../model/layout.ts";
import type { Convention, HiddenActivation, Network, OutputLoss } from "../model/network.ts";

export type Precision = "float32" | "float64";
/** "cc": the system's C compiler, which only implementations that come with Slope may start. */
export type Need = "ffi" | "gpu" | "threads" | "cc" | "ranks";

/** What executes the arithmetic. It decides which measured ceiling of the machine bounds the speed. */
export type BackEnd = "javascript" | "wasm" | "blas" | "native" | "gpu";

/** "Cannot run here" is a value with a reason and a hint, never an exception. */
export type Availability =
  | {
    readonly available: true;
    readonly version?: string;
    /** It runs, but the CPU emulates the device: verified, and timed only when named explicitly. */
    readonly software?: true;
  }
  | { readonly available: false; readonly reason: string };

/** What a program computes and cannot change; absent fields are free. */
export interface FixedNetwork {
  readonly layerSizes?: readonly number[] | undefined;
  readonly hiddenActivation?: HiddenActivation | undefined;
  readonly outputLoss?: OutputLoss | undefined;
  /** What it does on purpose otherwise than usual, so that the oracle does it, too. */
  readonly convention?: Convention | undefined;
}

/** What an implementation of either form says about itself. */
interface Described {
  /** Unique, and the name of the file: "fused_typed". */
  readonly name: string;
  /** One line: what is special about it. */
  readonly summary: string;
  /** Precision of the stored parameters, activations and gradient. */
  readonly precision: Precision;
  /**
   * "threads" also declares that it can use several: it is timed with each thread count of the plan. "ranks": its process is
   * one of an MPI job, and it is timed with each number of them.
   */
  readonly needs?: readonly Need[];
  /** Absent: unknown, so only the highest ceiling of the machine bounds it. */
  readonly backEnd?: BackEnd;
  /**
   * True if it does no arithmetic for pixels that are 0, and so fewer FLOP than the dense count. Absent: FLOP
   * are counted as dense, but no sample is called impossibly fast because of them; with `false` it is.
   */
  readonly skipsZeroPixels?: boolean;
  /** The program whose code it runs where it uses a single thread: reports show the two as one line there. */
  readonly withOneThread?: string;
  /** A plan takes these where the user gives none. */
  readonly network?: FixedNetwork;
  probe?(): Availability | Promise<Availability>;
}

/** One way to compute the gradient. */
export interface GradientImplementation extends Described {
  /** Absolute paths of the libraries that it opens ("ffi"); only these are permitted. Absent: all are. */
  readonly libraries?: readonly string[];
  /**
   * Neurons of a hidden layer: unless `--implementations` names it, `bench` and `choose` time it only for networks that
   * have as wide a layer. `verify` and `list` know it always.
   */
  readonly timedFromWidth?: number;
  /** Allocates, compiles and uploads: everything that is not a gradient. */
  open(problem: Problem): Kernel | Promise<Kernel>;
}

/** What a kernel is opened for. */
export interface Problem {
  readonly network: Network;
  /** The training subset; the row numbers in a minibatch refer to it. */
  readonly dataset: Dataset;
  readonly maxBatchSize: number;
  readonly threads: number;
}

/**
 * Marks the start of a phase while a profile is taken: "gather", "forward", "loss", "backward",
 * "accumulate", "copy" or another name. A loop that does two at once is "backward + accumulate".
 */
export interface PhaseClock {
  (phase: string): void;
  /** Part of the current phase took so long for another one: native code marks its phases itself. */
  add?(phase: string, ns: number): void;
}

export type Parameters = Float32Array | Float64Array;

/** How the native code of a kernel was made. */
export interface Compiled {
  /** Time that the compiler took, once. */
  readonly ns: number;
  /** It was compiled before, so that set-up does not include this time. */
  readonly cached: boolean;
}

interface KernelCore extends AsyncDisposable {
  /** Threads really used, if that can differ from `Problem.threads`. */
  readonly threadsUsed?: number;
  /** The device that computes, if not the CPU: "NVIDIA H200". */
  readonly device?: { readonly name: string; /** The CPU emulates it. */ readonly software?: true };
  readonly compiled?: Compiled;
  /** Where w[l][out][in] and b[l][out] lie in `parameters` and `gradient`. */
  readonly layout: Layout;
  /** (layout.length) written by the harness (start, restore, update) or by `descend`. */
  readonly parameters: Parameters;
  /** (layout.length) overwritten by `lossAndGradient`, never accumulated. */
  readonly gradient: Parameters;
  /** False: it computes no loss; what `lossAndGradient` returns is NaN and is not compared. */
  readonly returnsLoss?: boolean;
  /**
   * Its gradient is (before − after) / rate, so each element has the rounding of its parameter: in `steps`, or
   * always, then at `DERIVING_RATE` in `lossAndGradient`.
   */
  readonly derives?: "steps" | "always";
  /** It has no biases: they count as 0, and have no gradient. */
  readonly withoutBiases?: true | undefined;
  /** How it reads its arguments, where it does not declare it. */
  readonly assumed?: readonly { readonly name: string; readonly value: string }[];
}

/** Rate of the single update that shows the gradient of a program that only updates. */
export const DERIVING_RATE = 1;

/** A line of a program's own code. */
export interface CodePlace {
  readonly file: string;
  readonly line: number;
  readonly source?: string | undefined;
}

/** What the process of a program in another language has used so far. Unknown is absent. */
export interface ProgramUsage {
  readonly cpuNs?: number | undefined;
  readonly involuntarySwitches?: number | undefined;
  readonly voluntarySwitches?: number | undefined;
  readonly collections?: number | undefined;
  readonly peakRssBytes?: number | undefined;
}

/** A kernel in another process, which runs whole stretches of an epoch without a word to Slope. */
export interface RemoteEpochs {
  /** Prepares `run`; off the clock. */
  arrange(order: Uint32Array, batchSize: number): Promise<void>;
  /** Steps `first` to `end` − 1 of the order, so many times. Returns their mean loss, or NaN. */
  run(first: number, end: number, rate: number, times: number): Promise<number>;
  /** The same once, with the time of each phase. Absent where the program marks none. */
  phased?(first: number, end: number, rate: number): Promise<RemotePhases>;
}

/** The time of each phase of a stretch of steps, and of one mark. */
export interface RemotePhases {
  readonly phases: Readonly<Record<string, { readonly ns: number; readonly marks: number }>>;
  readonly markNs: number;
}

/** Samples the stack of a program in another process while it does steps. */
export interface RemoteProfiler {
  start(intervalUs: number): Promise<void>;
  /** A profile as the inspector's `Profiler.stop` gives it, unchecked. */
  stop(): Promise<unknown>;
}

export interface SyncKernel extends KernelCore {
  readonly mode: "sync";
  /**
   * Returns the mean loss over the rows `batch` (1 to `maxBatchSize` of them) and overwrites `gradient` with
   * its gradient.
   */
  lossAndGradient(batch: Uint32Array, phases?: PhaseClock): number;
  /** parameters −= rate · gradient; leaves `gradient` as it is. Absent: the harness updates the arrays. */
  descend?(rate: number): void;
  /**
   * Gradient and update in one pass: parameters −= rate · their gradient. Returns the mean loss before the update.
   * What `gradient` holds afterwards does not matter. From the same parameters and rows it must give the same bits
   * every time. Training and samples use it where it is there; it is verified by what it does to the parameters.
   */
  step?(batch: Uint32Array, rate: number): number;
}

/** Whether gradient and update are one pass where a kernel trains and is timed. */
export const fusesSteps = (kernel: Kernel): boolean =>
  kernel.mode === "sync"
    ? kernel.step !== undefined
    : kernel.epochs !== undefined && kernel.communication === undefined;

/** A kernel that computes on a device or in other threads. */
export interface AsyncKernel extends KernelCore {
  readonly mode: "async";
  lossAndGradient(batch: Uint32Array, phases?: PhaseClock): Promise<number>;
  descend?(rate: number): Promise<void>;
  /** Sends `parameters` to the device. */
  push?(): Promise<void>;
  /** Fetches `parameters` and `gradient` from the device. */
  pull?(): Promise<void>;
  /**
   * Computes the gradient of `batch` and says which line of the program first holds each wanted vector, or a multiple of
   * it; undefined where none does. Absent: it cannot look inside the program.
   */
  locate?(
    batch: Uint32Array,
    wanted: readonly ArrayLike<number>[],
  ): Promise<(CodePlace | undefined)[]>;
  /** Absent: Slope calls `lossAndGradient` step by step. */
  readonly epochs?: RemoteEpochs;
  /** The phase of `epochs.phased` in which its processes exchange data and wait for each other. */
  readonly communication?: string;
  /** The peak resident set of the largest of its processes, where there are several. */
  peakRssBytes?(): Promise<number | undefined>;
  /** The process that computes, if not Slope's. */
  readonly process?: {
    readonly loadedRssBytes?: number | undefined;
    readonly openedRssBytes?: number | undefined;
    usage(): Promise<ProgramUsage>;
    /** Absent where the program takes no profiles. */
    readonly profiler?: RemoteProfiler;
  };
}

export type Kernel = SyncKernel | AsyncKernel;

/**
 * The short form of a plug-in. `parameters` and `gradient` have the canonical layout: layer by layer the
 * weights row-major [out][in], then the biases [out].
 */
export interface ShortFormImplementation extends Described {
  prepare(problem: Problem): ShortFormGradient | Promise<ShortFormGradient>;
}

/** Returns the mean loss over the rows `batch` and fills `gradient` with its gradient. */
export type ShortFormGradient = (
  parameters: Parameters,
  batch: Uint32Array,
  gradient: Parameters,
) => number | Promise<number>;

/** Numbers of one row. */
export type Vector = number[] | Float64Array | Float32Array;

/** [layer][out][in] and [layer][out]; a layer's weights may also be one array of out × in numbers. */
type ListGradient = readonly [weights: unknown[], biases: unknown[], loss?: number] | {
  readonly weights: unknown[];
  readonly biases: unknown[];
  readonly loss?: number;
};

/**
 * The form of lists: exactly one of the two functions. Both get copies: weights [layer][out][in], biases [layer][out],
 * images [row][pixel] from 0 to 1, labels [row].
 */
export interface ListFormImplementation extends Described {
  /** Returns the gradient of the mean loss, and that loss if it computes it. */
  gradient?(
    weights: number[][][],
    biases: number[][],
    images: number[][],
    labels: number[],
  ): ListGradient | Promise<ListGradient>;
  /** One step of gradient descent: changes the lists, or returns new ones; it may return the loss. */
  trainBatch?(
    weights: number[][][],
    biases: number[][],
    images: number[][],
    labels: number[],
    rate: number,
  ): unknown;
}

/** What a plug-in file exports, or an object of a program for the library: one of the three forms. */
export type GradientPlugin =
  | ListFormImplementation
  | ShortFormImplementation
  | GradientImplementation;
