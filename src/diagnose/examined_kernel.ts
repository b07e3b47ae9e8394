import type { GradientImplementation, Kernel, Problem } from "../gradients/contract.ts";
import { readParameters, writeParameters } from "../model/layout.ts";

/** One question to a kernel: at which parameters (canonical order, representable), about which rows. */
export interface Question {
  readonly parameters: Float64Array;
  readonly batch: Uint32Array;
}

/** What came back, in canonical order. */
export interface Reply {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** What became of the parameters. */
  readonly parameters: Float64Array;
  /** What became of the minibatch's row numbers. */
  readonly batch: Uint32Array;
}

/** An implementation under examination. */
export interface KernelUnderTest {
  readonly problem: Problem;
  /** Relative error that rounding leaves, generously: what is nearer than this is taken for the same. */
  readonly closeness: number;
  /** Asks; the kernel's gradient is filled with `fill` before. */
  ask(question: Question, fill?: number): Promise<Reply>;
  close(): Promise<void>;
}

/** Far above what rounding does to a gradient that is not saturated, far below what any mistake does. */
const CLOSENESS = { float32: 2e-4, float64: 1e-8 } as const;

export async function openKernelUnderTest(
  implementation: GradientImplementation,
  problem: Problem,
): Promise<KernelUnderTest> {
  const kernel: Kernel = await implementation.open(problem);
  const { network } = problem;
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
        loss: typeof loss === "number" ? loss : NaN,
        gradient: readParameters(kernel.gradient, kernel.layout, network),
        parameters: readParameters(kernel.parameters, kernel.layout, network),
        batch: rows,
      };
    },
    close: async () => await kernel[Symbol.asyncDispose](),
  };
}
