import type { Behaviour } from "./behaviour.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";

/** A gradient without what the kernel kept from earlier calls. */
export interface Recalled {
  readonly gradient: Float64Array;
  readonly loss: number;
}

export type AskKernel = (question: Question) => Promise<Recalled>;

/** So small a share of the closeness of right gradients is rounding. */
const NOTHING = 1e-6;

/** Asks a kernel, and takes away what it kept from the call before; `any` is a question to begin with. */
export async function createAsk(
  kernel: ExaminedKernel,
  { answers, momentum }: Behaviour,
  any: Question,
): Promise<AskKernel> {
  const kept = answers === "sums-up" ? 1 : momentum?.coefficient ?? 0;
  const newest = momentum?.newest ?? 1;
  const ahead = (momentum?.ahead ?? 0) * kept;
  // Where the gradient before the last counts in its own way, it must be the same one.
  const isTwice = answers === "remembers" || momentum?.form !== undefined && ahead === 0;
  let { gradient: last } = await kernel.ask(any);
  return async (question) => {
    if (isTwice) last = (await kernel.ask(question)).gradient;
    const parameters = ahead === 0
      ? question.parameters
      : question.parameters.map((w, p) => w + ahead * last[p]);
    const { gradient, loss } = await kernel.ask({ ...question, parameters });
    const own = kept === 0 ? gradient : gradient.map((g, p) => {
      const rest = newest * (g - kept * last[p]);
      const size = Math.abs(g) + Math.abs(last[p]) + Math.abs(question.parameters[p]);
      // Rounding is left where a dead neuron's gradient is 0.
      return Math.abs(rest) <= NOTHING * kernel.closeness * size ? 0 : rest;
    });
    last = gradient;
    return { gradient: own, loss };
  };
}
