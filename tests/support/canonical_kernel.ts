import type { Kernel, Precision, Problem, SyncKernel } from "../../src/gradients/contract.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { canonicalLayout } from "../../src/model/layout.ts";
import { referenceGradient } from "../../src/model/reference.ts";
import type { Verification } from "../../src/format/trial_record.ts";
import type { VerifyOptions } from "../../src/check/verification_points.ts";
import { verify } from "../../src/check/verify_kernel.ts";
import { networkOf, problemOf as randomProblem } from "./problems.ts";

export const NETWORK = networkOf([49, 8, 8, 10]);

export const problemOf = (network = NETWORK, count = 43, maxBatchSize = 10): Problem =>
  randomProblem(network, count, maxBatchSize);

export type Compute = (
  parameters: Float64Array,
  batch: Uint32Array,
  gradient: Float64Array,
) => number;

/** A float64 kernel in the canonical layout around any function; by default the oracle. */
export function kernelOf(
  problem: Problem,
  compute: Compute = oracleOf(problem),
): Omit<SyncKernel, "descend"> {
  const layout = canonicalLayout(problem.network);
  const parameters = new Float64Array(layout.length);
  const gradient = new Float64Array(layout.length);
  return {
    mode: "sync",
    layout,
    parameters,
    gradient,
    lossAndGradient: (batch) => compute(parameters, batch, gradient),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export function oracleOf({ network, dataset }: Problem): Compute {
  return (parameters, batch, gradient) =>
    referenceGradient(network, parameters, dataset, batch, gradient);
}

export function check(
  kernel: Kernel,
  problem: Problem,
  precision: Precision = "float64",
  options?: VerifyOptions,
): Promise<Verification> {
  const initial = initialParameters(problem.network, "scaled-normal", 1);
  return verify(kernel, precision, problem, initial, options);
}
