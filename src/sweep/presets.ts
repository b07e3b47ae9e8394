import { IMPLEMENTATIONS } from "../gradients/all.ts";
import type { PlanInput } from "../format/plan.ts";

/** What a plan is when nothing is said. Sizes, layers, runtimes and baseline follow from the rest. */
export const DEFAULTS = {
  implementations: IMPLEMENTATIONS.map(({ name }) => name),
  plugins: [] as string[],
  peers: [] as string[],
  runtimePaths: {},
  sizes: ["1k..all"] as (number | string)[],
  batchSizes: [10] as (number | "full")[],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
  initialisation: "scaled-normal",
  seeds: [1] as number[],
  epochs: 3,
  rate: 3.0,
  rounds: 3,
  budgetSeconds: 112,
  trialTimeoutSeconds: 60,
  engine: "ordered",
  maxSampleSeconds: 1.5,
  keepWrong: false,
} as const satisfies PlanInput;

export interface Preset {
  readonly name: string;
  readonly summary: string;
  readonly input: PlanInput;
}

/** Named sets of plan fields: `--preset NAME`; `--quick` and `--thorough` are two of them. */
export const PRESETS: readonly Preset[] = [
  {
    name: "quick",
    summary:
      "four implementations, three small sizes, two rounds, within 15 s: to see that all works",
    input: {
      implementations: ["naive_loop", "outer_product", "fused_typed", "wasm_sparse"],
      sizes: [500, 1000, 2000],
      epochs: 1,
      rounds: 2,
      budgetSeconds: 12,
      maxSampleSeconds: 0.2,
      trialTimeoutSeconds: 20,
    },
  },
  {
    name: "thorough",
    summary: "10 rounds, 10 epochs, long samples, a null twin: as long as honest numbers take",
    input: {
      rounds: 10,
      epochs: 10,
      nullTwin: "auto",
      budgetSeconds: 3 * 3600,
      maxSampleSeconds: 10,
      trialTimeoutSeconds: 300,
    },
  },
  {
    name: "question",
    summary: "rate 0.01, minibatches of 6,000, weights in ±1: the settings that never learned",
    input: {
      sizes: ["6k..all"],
      batchSizes: [6000],
      rate: 0.01,
      epochs: 5,
      initialisation: "uniform",
    },
  },
];
