import { readParameters, writeParameters } from "../model/layout.ts";
import { referenceGradient } from "../model/reference.ts";
import { ROUNDING } from "./error_bound.ts";
import { callKernel, descendFault, same } from "./call_kernel.ts";
import type { Answer, Comparison, Expected } from "./judge_gradient.ts";
import { explain, isSame } from "./explain_error.ts";
import type { AuditContext } from "./audit_context.ts";

/**
 * How a kernel came to a wrong gradient in a timed step, in words. First by asking it again, which shows what it does
 * not write or does not look at; then by comparing the wrong gradient with those that the usual tricks give; and
 * by verifying it once more, which tells what wears off from what knows when it is watched. `stepBefore` is the
 * gradient of the step before, as it would be if nothing had been computed since.
 */
export async function explainTimedError(
  context: AuditContext,
  answer: Answer,
  expected: Expected,
  wrong: Comparison,
  stepBefore: Float64Array | undefined,
): Promise<string> {
  const { problem, precision } = context;
  const earlier = stepBefore ? [{ name: "that of the step before", gradient: stepBefore }] : [];
  const how = wrong.broken ?? await askAgain(context, answer) ??
    explain(problem, precision, answer, expected, wrong, earlier);
  const again = await context.verifyAgain();
  const when = again === undefined
    ? "it is right again when it is verified, so it tells verification from what is timed"
    : "verified once more it is wrong too, so it was right only in its first calls";
  return how === undefined ? when : `${how}; ${when}`;
}

/** Parameters are changed by so much, relatively: to others that look the same, and to others that do not. */
const NUDGE = { small: 2 ** -12, large: 2 ** -4 } as const;

/** What repeated questions at the same parameters show; undefined when the kernel answers them rightly. */
async function askAgain(
  { kernel, precision, problem, runner }: AuditContext,
  { parameters, batch }: Answer,
): Promise<string | undefined> {
  const { network, dataset } = problem;
  const put = () => writeParameters(parameters, network, kernel.layout, kernel.parameters);
  const nudge = (by: number) => {
    for (let p = 0; p < kernel.parameters.length; p++) kernel.parameters[p] *= 1 + by;
  };
  const canonical = (gradient: AuditContext["kernel"]["gradient"]) =>
    readParameters(gradient, kernel.layout, network);
  const faultOf = (
    { fault, gradient }: Awaited<ReturnType<typeof callKernel>>,
  ): string | undefined => {
    if (fault !== undefined) return fault;
    const written = canonical(gradient).filter((g) => !Number.isNaN(g)).length;
    if (written === 0) return "it leaves its gradient as an earlier call left it";
    if (written === parameters.length) return undefined;
    return `it writes ${written} of the ${parameters.length} numbers of its gradient`;
  };

  put();
  const first = await callKernel(kernel, batch, dataset);
  const toFirst = faultOf(first);
  if (toFirst !== undefined) return toFirst;
  const update = await descendFault(kernel, network, ROUNDING[precision].unit);
  if (update !== undefined) return update;
  put();
  const other = await callKernel(kernel, Uint32Array.of((batch[0] + 1) % dataset.count), dataset);
  const toOther = faultOf(other);
  if (toOther !== undefined) return toOther;
  if (runner.steps > 1 && same(first.gradient, other.gradient)) {
    return "it gives the same gradient whatever the minibatch, that of an earlier call";
  }
  put();
  nudge(NUDGE.small);
  const elsewhere = await callKernel(kernel, batch, dataset);
  const toElsewhere = faultOf(elsewhere);
  if (toElsewhere !== undefined) return toElsewhere;
  if (same(first.gradient, elsewhere.gradient)) {
    return "it gives the same gradient at other parameters, that of an earlier call";
  }
  const oracle = (at: Float64Array): Float64Array => {
    const gradient = new Float64Array(parameters.length);
    referenceGradient(network, at, dataset, batch, gradient);
    return gradient;
  };
  const right = oracle(parameters);
  put();
  await new Promise((resolve) => setTimeout(resolve, 1));
  nudge(NUDGE.large);
  const afterTurn = await callKernel(kernel, batch, dataset);
  const nudged = parameters.map((value) => value * (1 + NUDGE.large));
  if (isSame(canonical(afterTurn.gradient), right) && !isSame(oracle(nudged), right)) {
    return "it works between its calls, off the clock, at the parameters that it finds there";
  }
  const isRight = (gradient: Float64Array) => isSame(gradient, right);
  if (!isRight(canonical(first.gradient))) return undefined;
  put();
  kernel.gradient.set(other.gradient);
  if (kernel.mode === "async") await kernel.push?.();
  await kernel.lossAndGradient(batch);
  if (kernel.mode === "async") await kernel.pull?.();
  return isRight(canonical(kernel.gradient))
    ? undefined
    : "it is right where it finds NaN in its gradient, as in verification, and wrong elsewhere";
}
