import { readParameters, writeParameters } from "../model/layout.ts";
import { referenceGradient } from "../model/reference.ts";
import type { Fault } from "../format/fault.ts";
import type { AuditContext } from "./audit_context.ts";
import { callKernel, checkDescend, same } from "./call_kernel.ts";
import { ROUNDING } from "./error_bound.ts";
import { explain, isSame } from "./explain_error.ts";
import type { Answer, Comparison, Expected } from "./judge_gradient.ts";

/**
 * Explains a wrong gradient in a timed step. First the kernel is called again, which shows what it does not write or
 * read. Then the wrong gradient is compared with those of the usual faults. A second verification separates kernels
 * that detect verification from those that stop working. `stepBefore` is the gradient of the previous step, in case
 * nothing was computed since.
 */
export async function explainTimedError(
  context: AuditContext,
  answer: Answer,
  expected: Expected,
  wrong: Comparison,
  stepBefore: Float64Array | undefined,
): Promise<{ fault?: Fault; isRightAgain: boolean }> {
  const { problem, precision } = context;
  const earlier = stepBefore ? [{ of: "previous-step", gradient: stepBefore } as const] : [];
  const fault = wrong.broken ?? await callAgain(context, answer) ??
    explain(problem, precision, answer, expected, wrong, earlier);
  return { ...(fault && { fault }), isRightAgain: await context.isRightAgain() };
}

/** Relative changes of the parameters: the first is hard to notice, the second is not. */
const NUDGE = { small: 2 ** -12, large: 2 ** -4 } as const;

/** What repeated calls at the same parameters show; undefined if all answers are right. */
async function callAgain(
  { kernel, precision, problem, runner }: AuditContext,
  { parameters, batch }: Answer,
): Promise<Fault | undefined> {
  const { network, dataset } = problem;
  const put = (nudge = 0) => {
    writeParameters(parameters, network, kernel.layout, kernel.parameters);
    for (let p = 0; p < kernel.parameters.length; p++) kernel.parameters[p] *= 1 + nudge;
  };
  const canonical = (gradient: AuditContext["kernel"]["gradient"]) =>
    readParameters(gradient, kernel.layout, network);
  const call = async (rows: Uint32Array, nudge?: number) => {
    put(nudge);
    const { gradient, fault } = await callKernel(kernel, rows, dataset);
    return { gradient, fault: fault ?? unwritten(canonical(gradient)) };
  };
  const oracle = (at: Float64Array): Float64Array => {
    const gradient = new Float64Array(parameters.length);
    referenceGradient(network, at, dataset, batch, gradient);
    return gradient;
  };

  const first = await call(batch);
  if (first.fault !== undefined) return first.fault;
  const { fault: update } = await checkDescend(kernel, network, ROUNDING[precision].unit);
  if (update !== undefined) return update;
  const other = await call(Uint32Array.of((batch[0] + 1) % dataset.count));
  if (other.fault !== undefined) return other.fault;
  if (runner.steps > 1 && same(first.gradient, other.gradient)) {
    return { kind: "earlier-gradient", of: "other-minibatch" };
  }
  const elsewhere = await call(batch, NUDGE.small);
  if (elsewhere.fault !== undefined) return elsewhere.fault;
  if (same(first.gradient, elsewhere.gradient)) {
    return { kind: "earlier-gradient", of: "other-parameters" };
  }
  const right = oracle(parameters);
  put();
  await new Promise((resolve) => setTimeout(resolve, 1));
  const afterTurn = await call(batch, NUDGE.large);
  const nudged = parameters.map((value) => value * (1 + NUDGE.large));
  if (isSame(canonical(afterTurn.gradient), right) && !isSame(oracle(nudged), right)) {
    return { kind: "works-between-calls" };
  }
  if (!isSame(canonical(first.gradient), right)) return undefined;
  put();
  kernel.gradient.set(other.gradient);
  if (kernel.mode === "async") await kernel.push?.();
  await kernel.lossAndGradient(batch);
  if (kernel.mode === "async") await kernel.pull?.();
  return isSame(canonical(kernel.gradient), right) ? undefined : { kind: "right-only-over-nan" };
}

/** Says how much of a gradient that held NaN was not written; undefined if all of it was. */
function unwritten(gradient: Float64Array): Fault | undefined {
  const written = gradient.filter((g) => !Number.isNaN(g)).length;
  const of = gradient.length;
  return written === of ? undefined : { kind: "unwritten", written, of };
}
