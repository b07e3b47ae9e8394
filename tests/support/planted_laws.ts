/**
 * Implementations whose cost grows with the subset by a known law: each is `fused_typed` that computes the gradient
 * of every step as often as the law requires and returns the last one.
 */
import type { GradientImplementation, Problem, SyncKernel } from "../../src/gradients/contract.ts";
import { fusedTyped } from "../../src/gradients/fused_typed/fused_typed.ts";

/** 12 times at every size: time per epoch grows as m. */
export const law_m = planted("law_m", () => 12);
/** 2 ln m times: 8.3 at m = 64 and 13.9 at 1,024. */
export const law_m_log_m = planted("law_m_log_m", (m) => 2 * Math.log(m));
/** √m times. */
export const law_m_1_5 = planted("law_m_1_5", (m) => Math.sqrt(m));
/** m / 10 times. */
export const law_m_2 = planted("law_m_2", (m) => m / 10);

function planted(name: string, timesAt: (m: number) => number): GradientImplementation {
  return {
    name,
    summary: "fused_typed, every gradient computed several times",
    precision: fusedTyped.precision,
    async open(problem: Problem): Promise<SyncKernel> {
      const kernel = await fusedTyped.open(problem) as SyncKernel;
      const times = timesAt(problem.dataset.count);
      // Fractions are carried over, so that the average is right.
      let owed = 0;
      return {
        mode: "sync",
        layout: kernel.layout,
        parameters: kernel.parameters,
        gradient: kernel.gradient,
        lossAndGradient(batch) {
          owed += times;
          let loss = kernel.lossAndGradient(batch);
          for (owed--; owed >= 1; owed--) loss = kernel.lossAndGradient(batch);
          return loss;
        },
        ...(kernel.descend && { descend: (rate: number) => kernel.descend!(rate) }),
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}
