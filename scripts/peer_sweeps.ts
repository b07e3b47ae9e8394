import type { PlanInput } from "../src/format/plan.ts";
import type { Comparison } from "./peer_ratios.ts";

/** One interleaved run of `deno task peers`. */
export interface PeerSweep {
  readonly name: string;
  readonly heading: string;
  readonly plan: PlanInput;
  /** Its part of the whole budget. */
  readonly share: number;
  readonly comparisons: readonly Comparison[];
}

const NARROW = [784, 16, 16, 10];
const ONE = [1, 1] as const;
/** The fastest of Slope's own at some width. */
const BEST = ["native_sparse", "native_dense", "wasm_sparse", "wasm_simd", "blas_ffi"];

/** Each trial trains one epoch and samples at least one, which takes the slowest peers seconds. */
const BRIEF: PlanInput = { epochs: 1, maxSampleSeconds: 0.4, peerThreads: [1] };

/** What is measured, and what Slope's fast implementations are to reach there. */
export const PEER_SWEEPS: readonly PeerSweep[] = [
  {
    name: "narrow",
    heading: "Narrow layers",
    share: 0.38,
    plan: {
      ...BRIEF,
      implementations: ["native_sparse", "wasm_sparse", "sparse_typed", "blas_ffi"],
      peers: ["numpy_batch", "torch_autograd", "jax_js"],
      layers: [NARROW],
      sizes: ["all"],
      batchSizes: [10, 32, 1000],
      threads: [1, "all"],
    },
    comparisons: [
      {
        title: "native_sparse / NumPy float32, 1 thread",
        ours: ["native_sparse"],
        theirs: ["numpy_batch"],
        threads: ONE,
        targets: { 10: 0.12, 32: 0.25, 1000: 0.5 },
      },
      {
        title: "wasm_sparse / NumPy float32, 1 thread",
        ours: ["wasm_sparse"],
        theirs: ["numpy_batch"],
        threads: ONE,
        targets: { 10: 0.18, 32: 0.35, 1000: 0.7 },
      },
      {
        title: "wasm_sparse / native_sparse, 1 thread",
        ours: ["wasm_sparse"],
        theirs: ["native_sparse"],
        threads: ONE,
        targets: { 10: 1.7, 32: 1.7, 1000: 1.7 },
      },
      {
        title: "native_sparse, all cores / 1 thread",
        ours: ["native_sparse"],
        theirs: ["native_sparse"],
        threads: ["all", 1],
        targets: { 10: 0.9, 32: 0.7, 1000: 0.55 },
      },
      {
        title: "best of ours / jax-js, 1 thread",
        ours: BEST,
        theirs: ["jax_js"],
        threads: ONE,
        targets: { 10: 0.02, 32: 0.03, 1000: 0.1 },
      },
    ],
  },
  {
    // An epoch of all examples takes it three seconds, whatever the minibatch.
    name: "question",
    heading: "The program that Slope began with",
    share: 0.11,
    plan: {
      ...BRIEF,
      implementations: ["sparse_typed"],
      peers: ["numpy_question"],
      layers: [NARROW],
      sizes: [12_000],
      batchSizes: [10, 32, 1000],
      threads: [1],
    },
    comparisons: [
      {
        title: "sparse_typed / numpy_question, 1 thread",
        ours: ["sparse_typed"],
        theirs: ["numpy_question"],
        threads: ONE,
        targets: { 10: 0.06, 32: 0.06, 1000: 0.06 },
      },
    ],
  },
  {
    name: "wide",
    heading: "Wide layers",
    share: 0.38,
    plan: {
      ...BRIEF,
      implementations: [
        "native_dense",
        "native_sparse",
        "blas_ffi",
        "wasm_simd",
        "sparse_typed",
      ],
      peers: ["numpy_batch", "torch_autograd", "jax_js"],
      layers: [[784, 128, 10], [784, 512, 512, 10]],
      sizes: [2000],
      batchSizes: [128],
      rates: [0.5],
      threads: [1],
    },
    comparisons: [
      {
        title: "best of ours / NumPy float32, 1 thread",
        ours: BEST,
        theirs: ["numpy_batch"],
        threads: ONE,
        targets: { 128: 0.8 },
      },
      {
        title: "blas_ffi / NumPy float32, 1 thread",
        ours: ["blas_ffi"],
        theirs: ["numpy_batch"],
        threads: ONE,
        targets: {},
      },
    ],
  },
  {
    name: "scalar",
    heading: "Numbers one by one",
    share: 0.05,
    plan: {
      ...BRIEF,
      implementations: ["native_sparse", "sparse_typed"],
      peers: ["numpy_question", "scalar_autograd"],
      layers: [NARROW],
      sizes: [100],
      batchSizes: [10],
      threads: [1],
      rounds: 3,
    },
    comparisons: [],
  },
  {
    name: "seeds",
    heading: "Accuracies",
    share: 0.08,
    plan: {
      ...BRIEF,
      implementations: ["native_sparse", "native_dense", "wasm_sparse", "sparse_typed", "blas_ffi"],
      peers: ["numpy_batch"],
      layers: [NARROW],
      sizes: ["all"],
      batchSizes: [10],
      threads: [1],
      seeds: [1, 2, 3],
      epochs: 3,
      // At a rate of 3, rounding alone moves the accuracy of a single training by half a point.
      rates: [1],
      rounds: 1,
    },
    comparisons: [],
  },
];
