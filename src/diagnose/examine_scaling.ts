import { outerProduct } from "../gradients/outer_product/outer_product.ts";
import { sparseTyped } from "../gradients/sparse_typed/sparse_typed.ts";
import { wasmSparse } from "../gradients/wasm_sparse.ts";
import type { ProfileRecord } from "../format/profile_record.ts";
import type { Failure } from "../format/reason.ts";
import { takeProfile } from "../profile/take_profile.ts";
import type { TrialOptions } from "../trial/run_trial.ts";

/** What the examination of the scaling has measured. */
export interface ScalingExamination {
  /** Growing subsets, interleaved in one process. */
  readonly record: ProfileRecord;
  /** Other implementations on the largest of them. */
  readonly formulations: readonly {
    readonly name: string;
    readonly summary: string;
    readonly record: ProfileRecord;
  }[];
}

/** A matrix product, the fastest in JavaScript, the fastest on one thread. None needs more than a runtime. */
const FORMULATIONS = [outerProduct, sparseTyped, wasmSparse];

/** Sizes between the minibatch (or this) and the whole subset, in equal ratios. */
const SIZES = 6;
const LEAST_EXAMPLES = 250;
/** Time for the implementation, for one round of all sizes, and for each of the others. */
const OWN_NS = 3e9;
const ROUND_NS = 0.5e9;
const OTHER_NS = 0.3e9;

/**
 * Measures how the time of a cell's implementation grows with its subset, and what other formulations would take. Its
 * gradient is not checked again: the examination of the gradient has. Returns why it came to no end, or undefined when it was
 * aborted.
 */
export async function examineScaling(
  trial: TrialOptions,
): Promise<ScalingExamination | { failed: Failure } | undefined> {
  const { cell, plugin } = trial.request;
  const profile = await takeProfile(trial, {
    sizes: growingSizes(cell.batchSize, cell.examples),
    roundNs: ROUND_NS,
    budgetNs: OWN_NS,
    verify: false,
    phases: "marked",
    allocation: "largest",
    cpuProfile: false,
  });
  if (profile === undefined || "failed" in profile) return profile;
  const { record } = profile;
  const largest = Math.max(...record.subsets.map(({ examples }) => examples));
  const formulations = [];
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
    if ("failed" in other || other.record.subsets.length === 0) continue;
    formulations.push({ name, summary, record: other.record });
  }
  return { record, formulations };
}

/** From the minibatch, or a small subset, to the whole; the same for subsets of less than that. */
function growingSizes(batchSize: number, examples: number): number[] {
  const least = Math.min(Math.max(batchSize, LEAST_EXAMPLES), examples);
  const sizes = Array.from(
    { length: SIZES },
    (_, i) => Math.round(least * (examples / least) ** (i / (SIZES - 1))),
  );
  return [...new Set(sizes)];
}
