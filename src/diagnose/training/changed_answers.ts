import { judge } from "../../check/judge_gradient.ts";
import type { FixedFinding } from "../../format/finding.ts";
import {
  DERIVING_RATE,
  type Kernel,
  type Precision,
  type Problem,
} from "../../gradients/contract.ts";
import { eraseBiases, readParameters, writeParameters } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import { CLOSENESS } from "../gradient/examined_kernel.ts";
import { distance, partsOf, sizeOf } from "../gradient/parts.ts";

const ROWS = 32;

/**
 * Whether the gradient of the first rows is the oracle's, beyond what rounding explains, at the kernel's parameters, or
 * at `from` (canonical order).
 */
export async function isRightNow(
  kernel: Kernel,
  problem: Problem,
  precision: Precision,
  from?: Float64Array,
): Promise<boolean> {
  const { network, dataset } = problem;
  if (from) {
    writeParameters(from, network, kernel.layout, kernel.parameters);
    if (kernel.mode === "async") await kernel.push?.();
  }
  const parameters = readParameters(kernel.parameters, kernel.layout, network);
  const length = Math.min(ROWS, problem.maxBatchSize, dataset.count);
  const batch = Uint32Array.from({ length }, (_, n) => n);
  await kernel.lossAndGradient(batch.slice());
  if (kernel.mode === "async") await kernel.pull?.();
  const gradient = readParameters(kernel.gradient, kernel.layout, network);
  const expected = new Float64Array(gradient.length);
  referenceGradient(network, parameters, dataset, batch, expected);
  if (kernel.withoutBiases) eraseBiases(network, expected);
  if (!gradient.every(Number.isFinite) || !expected.every(Number.isFinite)) return true;
  const isNear = partsOf(network).every((part) =>
    distance(gradient, expected, part) <= CLOSENESS[precision] * sizeOf(expected, part)
  );
  if (isNear) return true;
  const derivedAtRate = kernel.derives === "always" ? DERIVING_RATE : undefined;
  const answer = { parameters, batch, gradient, loss: 0, derivedAtRate };
  return judge(problem, precision, answer, { loss: 0, gradient: expected }, {
    batchSize: length,
  }, length).every(({ excess }) => excess <= 1);
}

/** The same kernel is right before a training and wrong after it. */
export const changedAnswer = (calls: number): FixedFinding => ({
  id: "non-deterministic",
  layers: [],
  later: { calls },
});
