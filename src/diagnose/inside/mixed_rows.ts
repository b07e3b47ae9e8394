import type { Network } from "../../model/network.ts";
import { BATCH_RULES } from "./batch_rules.ts";
import { confirm, type Fresh, UNIFORM, uniform } from "./confirm.ts";
import type { Exam } from "./exam.ts";
import { outputOverAll } from "./output.ts";
import type { Inside } from "./read_inside.ts";
import type { Exactness } from "./readings.ts";
import { rightProgram } from "./right_program.ts";
import type { Simulated } from "./simulate.ts";

/** Rows that mix by a rule, in a program that is right or explained otherwise. */
export function findBatchRule(
  whole: Omit<Simulated, "reduction" | "batchRule">,
  network: Network,
  exam: Exam,
  fresh: readonly Fresh[],
  longest: number,
  { fit }: Exactness,
): { simulated: Simulated; error: number } | undefined {
  const { program } = whole;
  const isSoftmax = network.outputLoss === "softmax-cross-entropy";
  for (const batchRule of BATCH_RULES) {
    if (batchRule.outputs && !isSoftmax) continue;
    const output = batchRule.outputs
      ? outputOverAll(network, program.output.factor)
      : program.output;
    for (const divisor of UNIFORM) {
      const reduction = uniform(network, divisor);
      const simulated = { ...whole, program: { ...program, output }, reduction, batchRule };
      const errorOf = (questions: readonly Fresh[]) =>
        confirm(simulated, network, exam, questions, longest);
      // One minibatch rules out nearly all.
      if (errorOf(fresh.slice(0, 1)) > 100 * fit) continue;
      const error = errorOf(fresh);
      if (error <= 10 * fit) return { simulated, error };
    }
  }
  return undefined;
}

/** A right program but for rows that mix: single rows may have no finite gradient, or one of 0. */
export function mixedFromRight(
  network: Network,
  exam: Exam,
  fresh: readonly Fresh[],
  exactness: Exactness,
  longest: number,
): { inside: Inside; simulated: Simulated; error: number } | undefined {
  const right = rightProgram(network);
  const { program, after, readParameters } = right;
  const mixed = findBatchRule(right, network, exam, fresh, longest, exactness);
  if (mixed === undefined) return undefined;
  const inside = {
    program,
    after,
    readParameters,
    exactness,
    copies: 1,
    unexplained: [],
    questions: 0,
    isOwnLayout: false,
  };
  return { inside, ...mixed };
}
