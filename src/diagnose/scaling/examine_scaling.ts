import type { GradientImplementation } from "../../gradients/contract.ts";
import { outerProduct } from "../../gradients/outer_product/outer_product.ts";
import { sparseTyped } from "../../gradients/sparse_typed/sparse_typed.ts";
import { wasmSparse } from "../../gradients/wasm_sparse.ts";
import type { ProfileRecord } from "../../format/profile_record.ts";
import type { Failure } from "../../format/reason.ts";
import { takeProfile } from "../../profile/take_profile.ts";
import type { TrialOptions } from "../../trial/run_trial.ts";

export interface ScalingExamination {
  /** Growing subsets, by turns in one process. */
  readonly record: ProfileRecord;
  /** Other implementations on the largest of them. */
  readonly formulations: readonly (Pick<GradientImplementation, "name" | "summary"> & {
    readonly record: ProfileRecord;
  })[];
  /** Formulations that could not be timed. */
  readonly untimed: readonly { readonly name: string; readonly failure: Failure }[];
}

/** Matrix products, the fastest in JavaScript, the fastest on one thread; they need nothing but a runtime. */
const FORMULATIONS = [outerProduct, sparseTyped, wasmSparse];

/** Subsets between the minibatch (at least this) and all examples, in equal ratios. */
const SUBSETS = 6;
const LEAST_EXAMPLES = 250;
/** Time for the examined implementation, for one round of its subsets, and for each other formulation. */
const OWN_NS = 3e9;
const ROUND_NS = 0.5e9;
const OTHER_NS = 0.3e9;

/** Minibatches are no longer than this, so that the smallest subsets have minibatches of the same length. */
const LONGEST_BATCH = 10;

/** A law is confirmed by a look that is longer by this factor. */
const LONGER = 3;

/** Growing subsets of a cell, with one minibatch size. */
function profileGrowth(trial: TrialOptions, factor: number) {
  const { cell } = trial.request;
  return takeProfile(trial, {
    sizes: growingSizes(cell.batchSize, cell.examples),
    roundNs: factor * ROUND_NS,
    equalStretches: true,
    budgetNs: factor * OWN_NS,
    verify: false,
    phases: "marked",
    allocation: "largest",
    cpuProfile: false,
  });
}

const withShortBatches = (trial: TrialOptions): TrialOptions => {
  const { cell } = trial.request;
  const batchSize = Math.min(cell.batchSize, LONGEST_BATCH);
  return { ...trial, request: { ...trial.request, cell: { ...cell, batchSize } } };
};

/** Looks at growth once more and for longer; the answer replaces the first. Undefined when interrupted. */
export const examineGrowthAgain = (trial: TrialOptions) =>
  profileGrowth(withShortBatches(trial), LONGER);

/**
 * Measures how the time of a cell's implementation grows with m, and how long other formulations take. Does not verify
 * the gradient, which was examined before. Returns undefined when interrupted.
 */
export async function examineScaling(
  given: TrialOptions,
): Promise<ScalingExamination | { failed: Failure } | undefined> {
  const trial = withShortBatches(given);
  const { cell, plugin } = trial.request;
  const profile = await profileGrowth(trial, 1);
  if (profile === undefined || "failed" in profile) return profile;
  const { record } = profile;
  const largest = Math.max(...record.subsets.map(({ examples }) => examples));
  const formulations = [];
  const untimed = [];
  for (const { name, summary, precision } of FORMULATIONS) {
    if (name === cell.implementation && plugin === undefined) continue;
    const { plugin: _, ...request } = trial.request;
    const other = await takeProfile({
      ...trial,
      needs: [],
      request: { ...request, cell: { ...cell, implementation: name, precision, threads: 1 } },
    }, {
      sizes: [largest],
      budgetNs: OTHER_NS,
      verify: true,
      phases: "none",
      allocation: "none",
      cpuProfile: false,
    });
    if (other === undefined) return undefined;
    const failure = "failed" in other ? other.failed : failureOf(other.record);
    if (failure) untimed.push({ name, failure });
    else if ("record" in other) formulations.push({ name, summary, record: other.record });
  }
  return { record, formulations, untimed };
}

/** A profile ends before its first subset when the gradient is wrong. */
function failureOf({ subsets, verification }: ProfileRecord): Failure | undefined {
  if (subsets.length > 0) return undefined;
  if (verification?.verdict !== "wrong") return { kind: "incomplete", missing: "figures" };
  const { verdict: _, ...figures } = verification;
  return { kind: "wrong-gradient", ...figures };
}

function growingSizes(batchSize: number, examples: number): number[] {
  const least = Math.min(Math.max(batchSize, LEAST_EXAMPLES), examples);
  const sizeOf = (i: number) => Math.round(least * (examples / least) ** (i / (SUBSETS - 1)));
  return [...new Set(Array.from({ length: SUBSETS }, (_, i) => sizeOf(i)))];
}
