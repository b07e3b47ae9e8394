import type { GradientImplementation, Problem } from "../contract.ts";
import { TooLarge } from "../../base/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { chunksOf } from "../../data/rows.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../../model/network.ts";
import type { PartKernel } from "../part_kernel.ts";
import { paddedLayout } from "../wasm/arena.ts";
import { type CompiledLibrary, openCompiled } from "./compiled_library.ts";

/** What each C file of this folder exports. */
const FUNCTIONS = {
  row_vectors: { parameters: ["i32"], result: "i32" },
  misalignment: { parameters: ["buffer"], result: "i32" },
  new_lists: { parameters: ["i32"], result: "pointer" },
  extend_lists: { parameters: ["pointer", "buffer", "i32", "i32"], result: "i32" },
  drop_lists: { parameters: ["pointer"], result: "void" },
  open_kernel: {
    parameters: ["buffer", "buffer", "pointer", "buffer", "buffer", "buffer"],
    result: "pointer",
  },
  threads_for: { parameters: ["i32", "i32"], result: "i32" },
  threads_of: { parameters: ["pointer"], result: "i32" },
  loss_and_gradient: { parameters: ["pointer", "buffer", "i32", "i32"], result: "f64" },
  share_of_mean: { parameters: ["pointer", "buffer", "i32", "i32", "i32"], result: "f64" },
  step: { parameters: ["pointer", "buffer", "i32", "i32", "f32"], result: "f64" },
  descend: { parameters: ["pointer", "f32"], result: "void" },
  close_kernel: { parameters: ["pointer"], result: "void" },
} as const;

type Opened = Extract<CompiledLibrary<typeof FUNCTIONS>, { available: true }>;

/** float32 lanes of a vector in C. */
const LANES = 16;
const ALIGNMENT = 64;
/** Arrays in C have room for so many. */
const MOST_LAYERS = 64;
/** Rows after a minibatch that may be loaded early. */
const LOOK_AHEAD = 8;

/** The code could not be compiled, or its library not be opened. */
export class NotCompiled extends Error {}

export interface NativeImplementation extends GradientImplementation {
  open(problem: Problem): Promise<PartKernel>;
}

/** An implementation in C, compiled for this processor when it is opened. */
export function nativeImplementation(
  { source, check, usesAllThreads = false, readsPieces = false, ...described }: {
    readonly name: string;
    readonly summary: string;
    readonly skipsZeroPixels: boolean;
    readonly timedFromWidth?: number;
    /** The file in this folder. */
    readonly source: string;
    /** For tests: whether minibatches are shared even where one thread is faster. */
    readonly usesAllThreads?: boolean;
    /** It needs lists of the pixels that are not 0, which are made piece by piece, and never the pixels at once. */
    readonly readsPieces?: boolean;
    /** Throws if it cannot compute the problem. */
    readonly check?: (problem: Problem) => void;
  },
): NativeImplementation {
  const openLibrary = () => openCompiled(source, FUNCTIONS);
  return {
    ...described,
    precision: "float32",
    needs: ["ffi", "cc", "threads"],
    libraries: [],
    backEnd: "native",

    async probe() {
      const library = await openLibrary();
      return library.available
        ? { available: true, version: library.version }
        : { available: false, reason: library.reason };
    },

    async open(problem) {
      const layers = problem.network.layerSizes.length - 1;
      if (layers > MOST_LAYERS) {
        throw new RangeError(
          `Cannot open the kernel: ${layers} layers of weights, expected at most ${MOST_LAYERS}; ` +
            "use wasm_sparse for so deep a network",
        );
      }
      check?.(problem);
      const library = await openLibrary();
      if (!library.available) throw new NotCompiled(`Cannot open the kernel: ${library.reason}`);
      return openKernel(problem, library, { usesAllThreads, readsPieces });
    },
  };
}

function openKernel(
  problem: Problem,
  { functions, buffer, compiled }: Opened,
  { usesAllThreads, readsPieces }: Record<"usesAllThreads" | "readsPieces", boolean>,
): PartKernel {
  const { network, dataset, maxBatchSize } = problem;
  const threads = functions.threads_for(maxBatchSize, problem.threads);
  const { layerSizes, hiddenActivation, outputLoss } = network;
  const layout = paddedLayout(network, (width) => LANES * functions.row_vectors(width));
  /** Native code reads whole vectors at their natural place. */
  const aligned = (): Float32Array => {
    const bytes = new ArrayBuffer(4 * layout.length + ALIGNMENT);
    const start = ALIGNMENT - functions.misalignment(buffer(new Uint8Array(bytes)));
    return new Float32Array(bytes, start, layout.length);
  };
  const parameters = aligned();
  const gradient = aligned();
  const numbers = Int32Array.of(
    dataset.count,
    threads,
    maxBatchSize,
    HIDDEN_ACTIVATIONS.indexOf(hiddenActivation),
    OUTPUT_LOSSES.indexOf(outputLoss),
    Number(usesAllThreads),
    layerSizes.length,
    ...layerSizes,
  );
  // Native code holds the addresses of these arrays until it is closed: they must not be collected.
  const pixels = readsPieces ? new Uint8Array(1) : dataset.pixels;
  let held = [numbers, pixels, dataset.labels, parameters, gradient];
  const [forNumbers, forPixels, forLabels, forParameters, forGradient] = held.map(buffer);
  const lists = readsPieces ? listPixels(dataset, functions, buffer) : null;
  const kernel = functions.open_kernel(
    forNumbers,
    forPixels,
    lists,
    forLabels,
    forParameters,
    forGradient,
  );
  if (!kernel) {
    throw new Error(
      `Cannot open the kernel: memory or ${threads} threads are lacking; ` +
        "use a smaller subset or fewer threads",
    );
  }
  /** The C code has room for no more rows than were announced, and does not look. */
  const rowsOf = (batch: Uint32Array) => {
    if (batch.length > maxBatchSize) {
      throw new RangeError(
        `Cannot compute the gradient: the minibatch has ${batch.length} examples, ` +
          `expected at most ${maxBatchSize}; open the kernel for more`,
      );
    }
    return buffer(batch);
  };
  return {
    mode: "sync",
    layout,
    compiled,
    threadsUsed: functions.threads_of(kernel),
    parameters,
    gradient,
    lossAndGradient: (batch) =>
      functions.loss_and_gradient(kernel, rowsOf(batch), batch.length, followingRows(batch)),
    shareOfMean: (batch, examples) =>
      functions.share_of_mean(
        kernel,
        rowsOf(batch),
        batch.length,
        examples,
        followingRows(batch),
      ),
    step: (batch, rate) =>
      functions.step(kernel, rowsOf(batch), batch.length, followingRows(batch), rate),
    descend: (rate) => functions.descend(kernel, rate),
    [Symbol.asyncDispose]() {
      if (held.length > 0) functions.close_kernel(kernel);
      held = [];
      return Promise.resolve();
    },
  };
}

/** Rows that lie after the minibatch in the same array: an epoch's minibatches are views of its order. */
function followingRows({ buffer, byteOffset, length }: Uint32Array): number {
  return Math.min(LOOK_AHEAD, (buffer.byteLength - byteOffset) / 4 - length);
}

/** Lists of the pixels that are not 0, for open_kernel. Throws TooLarge beyond 2³² of them, Error if memory lacks. */
function listPixels(
  dataset: Dataset,
  { new_lists, extend_lists, drop_lists }: Opened["functions"],
  buffer: Opened["buffer"],
) {
  const lists = new_lists(dataset.count);
  if (!lists) throw new Error(LACKING);
  try {
    for (const { count, pixels } of chunksOf(dataset)) {
      const done = extend_lists(lists, buffer(pixels), count, dataset.features);
      // The length is read after the call, so that Bun does not collect the array during it.
      if (done > 0 && pixels.length > 0) continue;
      if (done === 0) throw new Error(LACKING);
      throw new TooLarge(
        `Cannot open the kernel: the subset has more than ${MOST_ENTRIES} pixels that are not 0; ` +
          "use a smaller subset",
        { of: "list", needed: MOST_ENTRIES + 1, limit: MOST_ENTRIES },
      );
    }
  } catch (error) {
    drop_lists(lists);
    throw error;
  }
  return lists;
}

/** Starts of lists have four bytes. */
const MOST_ENTRIES = 2 ** 32 - 1;
const LACKING =
  "Cannot open the kernel: memory is lacking for the pixels that are not 0; use a smaller subset";
