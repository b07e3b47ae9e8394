import type { GradientImplementation, Kernel, Problem } from "../../gradients/contract.ts";
import { parameterCount, readParameters, writeParameters } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";

/** Asks for the gradient of these rows at these parameters (canonical order, exact in float32). */
export interface Question {
  readonly parameters: Float64Array;
  readonly batch: Uint32Array;
}

/** The answer, in canonical order. */
export interface Reply {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** The parameters after the call. */
  readonly parameters: Float64Array;
  /** The row numbers after the call. */
  readonly batch: Uint32Array;
}

/** One question, the kernel's answer and the oracle's. */
export interface Case extends Question {
  /** Canonical order, without what the kernel kept from earlier calls. */
  readonly gradient: Float64Array;
  readonly loss: number;
  readonly expected: Float64Array;
}

export interface ExaminedKernel {
  readonly problem: Problem;
  /** Answers with a smaller relative difference count as equal: far above rounding, far below any mistake. */
  readonly closeness: number;
  /** Fills the kernel's gradient with `fill`, then asks. */
  ask(question: Question, fill?: number): Promise<Reply>;
  close(): Promise<void>;
}

export const CLOSENESS = { float32: 2e-4, float64: 1e-8 } as const;

export async function openForExamination(
  implementation: GradientImplementation,
  problem: Problem,
): Promise<ExaminedKernel> {
  const kernel: Kernel = await implementation.open(problem);
  const { network } = problem;
  const scratch = new Float64Array(parameterCount(network));
  return {
    problem,
    closeness: CLOSENESS[implementation.precision],
    async ask({ parameters, batch }, fill = 0) {
      writeParameters(parameters, network, kernel.layout, kernel.parameters);
      kernel.gradient.fill(fill);
      const rows = batch.slice();
      if (kernel.mode === "async") await kernel.push?.();
      const answer = kernel.lossAndGradient(rows);
      const loss = kernel.mode === "async" ? await answer : answer;
      if (kernel.mode === "async") await kernel.pull?.();
      return {
        // A program that computes no loss has no mistake in it.
        loss: kernel.returnsLoss === false
          ? referenceGradient(network, parameters, problem.dataset, batch, scratch)
          : typeof loss === "number"
          ? loss
          : NaN,
        gradient: readParameters(kernel.gradient, kernel.layout, network),
        parameters: readParameters(kernel.parameters, kernel.layout, network),
        batch: rows,
      };
    },
    close: async () => await kernel[Symbol.asyncDispose](),
  };
}
