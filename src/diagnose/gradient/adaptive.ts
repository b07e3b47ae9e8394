import { referenceGradient } from "../../model/reference.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";

/** So often answers are asked again: then they hardly depend on other questions. */
const CALLS = 30;
/** Right elements below this share of the largest may be rounding. */
const NOTHING = 1e-6;
const MOST_SIGNS = 0.95;
/** The spread of steps beside that of the gradient. */
const MOST_SPREAD = 0.5;

/**
 * Whether steps have the signs of the gradient and nearly one size, where the gradient has many: what Adam, RMSProp and
 * Adagrad do to it. D. Kingma, J. Ba, "Adam: a method for stochastic optimization" (2015).
 */
export async function isAdaptive(kernel: ExaminedKernel, question: Question): Promise<boolean> {
  const { problem: { network, dataset } } = kernel;
  const right = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, right);
  let { gradient } = await kernel.ask(question);
  for (let call = 1; call < CALLS; call++) ({ gradient } = await kernel.ask(question));
  const largest = right.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const shown = [...right.keys()].filter((p) =>
    Math.abs(right[p]) > NOTHING * largest && gradient[p] !== 0
  );
  const same = shown.filter((p) => Math.sign(gradient[p]) === Math.sign(right[p])).length;
  return shown.length > 0 && same >= MOST_SIGNS * shown.length &&
    spreadOf(shown.map((p) => gradient[p])) < MOST_SPREAD * spreadOf(shown.map((p) => right[p]));
}

/** The middle half of all sizes, in powers of ten. */
function spreadOf(values: readonly number[]): number {
  const sizes = values.map((value) => Math.log10(Math.abs(value))).sort((a, b) => a - b);
  const at = (share: number) => sizes[Math.floor(share * (sizes.length - 1))];
  return at(0.75) - at(0.25);
}
