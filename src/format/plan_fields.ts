import { z } from "zod";
import { INITIALISATIONS } from "../model/network.ts";
import { CONVENTION_FIELDS } from "./convention_fields.ts";
import { CROSSOVER_AXES } from "./crossover_axes.ts";
import { field, type PlanField } from "./field_kinds.ts";
import { NETWORK_FIELDS } from "./network_fields.ts";
import { PARALLEL_FIELDS } from "./parallel_fields.ts";
import { PLUGIN_FIELDS } from "./plugin_fields.ts";
import { HOOK_FIELDS } from "./hook_fields.ts";
import { SubsetSize } from "./subset_sizes.ts";
import { RuntimeName } from "./trial_record.ts";

const positive = z.int().positive();

export const ENGINES = ["ordered", "mitata", "tinybench"] as const;

/**
 * Every field of a plan, once. The plan's schema, that of plan files, the options, their help, docs/FORMAT.md's table,
 * the section of the report and the command that repeats a run all follow from this table.
 */
export const PLAN_FIELDS = {
  implementations: field({
    kind: "names",
    flag: "implementations",
    schema: z.array(z.string().min(1)).min(1),
    otherwise: "all of Slope's own",
    label: "implementations",
    help:
      "Implementations to run, in the order of the tables; wasm_* for every name that matches, !naive_loop to leave one out",
    presets: { quick: ["naive_loop", "fused_typed", "wasm_sparse"] },
    decides: "which cells",
  }),
  ...PLUGIN_FIELDS,
  peers: field({
    kind: "names",
    flag: "peers",
    schema: z.array(z.string()),
    default: [],
    label: "peers",
    help: "Programs of other libraries to run in the same rounds",
  }),
  runtimes: field({
    kind: "choices",
    flag: "runtimes",
    schema: z.array(RuntimeName).min(1),
    otherwise: "the one that runs Slope",
    label: "runtimes",
    help: "JavaScript runtimes in which trials run",
    decides: "which cells",
  }),
  runtimePaths: field({
    kind: "versions",
    flag: "runtime-path",
    schema: z.partialRecord(RuntimeName, z.string()),
    default: {},
    label: "paths of runtimes",
    help: "Path of a runtime, or a version to fetch from npm, as node=24.21.0; may be repeated",
  }),
  baseline: field({
    kind: "name",
    flag: "baseline",
    schema: z.string(),
    otherwise: "the first implementation",
    label: "baseline",
    help: "Implementation that speedups refer to",
  }),
  sizes: field({
    kind: "subsets",
    flag: "sizes",
    schema: z.array(positive).min(1),
    input: z.array(SubsetSize).min(1),
    default: ["1k..all:8"],
    label: "examples m",
    help:
      "Training examples m of each subset: 1000,2000, or 1k..60k to double m, 1k..60k:4 to multiply it by 4; all for " +
      "the whole set",
    presets: { quick: [2000], question: ["6k..all"] },
    decides: "which cells",
  }),
  batchSizes: field({
    kind: "integers",
    word: "full",
    flag: "batch",
    metavar: "SIZES",
    schema: z.array(z.union([positive, z.literal("full")])).min(1),
    default: [10],
    label: "minibatch sizes B",
    help: "Minibatch sizes B, as 10,100; full for the whole subset",
    presets: { question: [6000] },
    decides: "which cells",
  }),
  ...NETWORK_FIELDS,
  ...CONVENTION_FIELDS,
  initialisation: field({
    kind: "choice",
    flag: "initialisation",
    schema: z.enum(INITIALISATIONS),
    default: "scaled-normal",
    label: "initialisation",
    help: "Distribution of the initial weights",
    decides: "every cell",
    presets: { question: "uniform" },
  }),
  rates: field({
    kind: "numbers",
    flag: "rate",
    schema: z.array(z.number().positive()).min(1),
    default: [3],
    label: "learning rate",
    help: "Learning rates, as 0.3,3",
    presets: { question: [0.01] },
    decides: "which cells",
  }),
  epochs: field({
    kind: "integer",
    flag: "epochs",
    schema: positive,
    default: 3,
    label: "epochs of training",
    help: "Passes over the subset before sampling",
    // Epochs are timed at the trained point, and how many activations and deltas are 0 there depends on it.
    decides: "every cell",
    presets: { thorough: 10, question: 5 },
  }),
  seeds: field({
    kind: "integers",
    least: 0,
    flag: "seed",
    metavar: "SEEDS",
    schema: z.array(z.int().nonnegative()).min(1),
    default: [1],
    label: "seeds",
    help: "Seeds of the subsets, the initial weights and the shuffles",
    decides: "which cells",
  }),
  ...PARALLEL_FIELDS,
  rounds: field({
    kind: "integer",
    flag: "rounds",
    schema: positive,
    otherwise: "3; with --resolve at most 1000",
    label: "rounds",
    help: "Repetitions of every cell",
    presets: { quick: 3, thorough: 10 },
  }),
  resolve: field({
    kind: "share",
    flag: "resolve",
    schema: z.number().positive().optional(),
    otherwise: "never",
    label: "difference to resolve",
    help:
      "Repeat rounds until every pair of implementations is known to differ by more or by less than this, as 2%, or " +
      "the budget ends",
  }),
  crossover: field({
    kind: "choice",
    flag: "crossover",
    schema: z.enum(CROSSOVER_AXES).optional(),
    otherwise: "none",
    label: "crossover to bisect",
    help:
      "Bisect where the fastest changes along this axis, between given values, until the budget ends",
  }),
  budgetSeconds: field({
    kind: "seconds",
    flag: "budget",
    schema: z.number().positive(),
    default: 112,
    label: "budget",
    help: "Time for the whole sweep, as 60s or 10m; cells that cannot fit are skipped",
    presets: { quick: 10, thorough: 3 * 3600 },
    decides: "no figure",
  }),
  maxSampleSeconds: field({
    kind: "seconds",
    flag: "max-sample",
    schema: z.number().positive(),
    default: 1.5,
    label: "longest sampling in a trial",
    help: "Longest sampling in one trial, as 500ms",
    presets: { quick: 0.2, thorough: 10 },
  }),
  trialTimeoutSeconds: field({
    kind: "seconds",
    flag: "timeout",
    schema: z.number().positive(),
    default: 60,
    label: "time-out of a trial",
    help: "A trial is stopped after this plus five times its predicted time",
    presets: { quick: 20, thorough: 300 },
    decides: "no figure",
  }),
  engine: field({
    kind: "choice",
    flag: "engine",
    schema: z.enum(ENGINES),
    default: "ordered",
    label: "timing engine",
    help: "Timing engine",
    decides: "every cell",
  }),
  nullTwin: field({
    kind: "name",
    flag: "null-twin",
    schema: z.string().optional(),
    otherwise: "none",
    label: "null twin",
    help:
      "Implementation of which a second copy is timed, to show how large the differences from noise alone are; auto for a " +
      "fast one",
    presets: { thorough: "auto" },
  }),
  keepWrong: field({
    kind: "flag",
    flag: "keep-wrong",
    schema: z.boolean(),
    default: false,
    label: "wrong gradients timed",
    help: "Time an implementation even if its gradient is wrong",
    decides: "no figure",
  }),
  timeSoftware: field({
    kind: "yes or no",
    flag: "time-software",
    schema: z.boolean(),
    otherwise: "yes where --implementations is given",
    label: "software devices timed",
    help: "Time implementations whose device is emulated by the processor",
  }),
  ...HOOK_FIELDS,
  against: field({
    kind: "earlier run",
    flag: "against",
    schema: z.union([
      z.strictObject({
        /** Absolute path of its folder. */
        folder: z.string(),
        /** Absent when only plug-ins, kept in its folder, are timed again. */
        gitCommit: z.string().optional(),
        /** What its plug-ins were, where they have a commit in common. */
        pluginCommit: z.string().optional(),
        /** Smaller differences do not count; a factor less 1. */
        threshold: z.number().positive(),
      }),
      z.strictObject({
        /** A branch, a tag or a commit, as it was named. */
        ref: z.string(),
        /** What it named when the run began. */
        gitCommit: z.string(),
        /** Absolute path of the working tree with the plug-ins. */
        repository: z.string(),
        threshold: z.number().positive(),
      }),
    ]).optional(),
    otherwise: "none",
    label: "measured against",
    help:
      "Measure earlier code in the same rounds: that of an earlier run, with its plan (its folder, latest or a saved name), " +
      "or that of a branch, tag or commit in the repository of the plug-ins",
  }),
} as const;

export type PlanFieldName = keyof typeof PLAN_FIELDS;
export const PLAN_FIELD_NAMES = Object.keys(PLAN_FIELDS) as PlanFieldName[];

/** The names of the fields that decide this. */
export const fieldsThatDecide = (what: PlanField["decides"]): PlanFieldName[] =>
  PLAN_FIELD_NAMES.filter((name) => PLAN_FIELDS[name].decides === what);
