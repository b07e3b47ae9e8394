import type { Precision, Problem, SyncKernel } from "../gradients/contract.ts";
import { readParameters, writeParameters } from "../model/layout.ts";
import type { Fault, Place } from "../format/fault.ts";
import { asText, same } from "./call_kernel.ts";
import { derivedGradient } from "./derived_gradient.ts";
import { withMeantMomentum } from "./declared_momentum.ts";
import { type Comparison, type Expected, judge } from "./judge_gradient.ts";

/** Rate of the steps that are checked before anything is timed. */
const RATE = 0.5;

/**
 * Takes one step of a kernel that fuses gradient and update, and compares (before − after) / rate with the oracle's
 * gradient. The bound allows for the rounding of the parameters; it is estimated from `boundRows` rows, and from all before
 * a step is called wrong. Leaves the parameters changed.
 */
export function checkStep(
  kernel: Pick<SyncKernel, "layout" | "parameters" | "gradient" | "returnsLoss">,
  step: NonNullable<SyncKernel["step"]>,
  problem: Problem,
  precision: Precision,
  point: { readonly parameters: Float64Array; readonly batch: Uint32Array },
  plain: Expected,
  place: Place,
  boundRows: number,
): { readonly fault?: Fault; readonly comparisons: readonly Comparison[] } {
  const { network } = problem;
  const read = () => readParameters(kernel.parameters, kernel.layout, network);
  const rows = point.batch.slice();
  const stepFromHere = () => {
    writeParameters(point.parameters, network, kernel.layout, kernel.parameters);
    kernel.gradient.fill(NaN);
    const before = read();
    const loss: unknown = step(point.batch, RATE);
    return { before, loss, gradient: derivedGradient(before, read(), RATE) };
  };
  // What a step with momentum keeps of the one before shows in that step.
  const last = network.convention?.momentum === undefined ? undefined : stepFromHere().gradient;
  const { before, loss, gradient } = stepFromHere();
  const expected = withMeantMomentum(network, plain, gradient, last, "gradient");
  if (typeof loss !== "number") {
    const found = loss instanceof Promise ? {} : { found: asText(loss) };
    return { fault: { kind: "loss", ...found }, comparisons: [] };
  }
  if (!same(point.batch, rows)) {
    return { fault: { kind: "changed", what: "row-numbers" }, comparisons: [] };
  }
  const answer = {
    parameters: before,
    batch: rows,
    loss: kernel.returnsLoss === false ? expected.loss : loss,
    gradient,
    derivedAtRate: RATE,
  };
  const judged = (count: number) =>
    judge(problem, precision, answer, expected, place, count, false);
  const comparisons = judged(boundRows);
  // As for the gradient: a kink or saturation that widens the bound may be in any row.
  const isWithin = comparisons.every(({ excess }) => excess <= 1);
  return { comparisons: isWithin ? comparisons : judged(rows.length) };
}
