/**
 * Implementations that do a known amount of work more than another one, to see whether Slope finds it: each is
 * `fused_typed` that does every n-th step twice, the first time on copies that nothing else reads.
 */
import type { GradientImplementation, Problem, SyncKernel } from "../../src/gradients/contract.ts";
import { fusedTyped } from "../../src/gradients/fused_typed/fused_typed.ts";
import { descend } from "../../src/model/sgd.ts";

/** Every step once: the other side of the comparison, through the same code. */
export const planted_none = planted("planted_none", Infinity);
/** The same, to see that nothing is found where nothing is. */
export const planted_twin = planted("planted_twin", Infinity);
/** One step in twenty twice: 5 % more work, gradient and update. */
export const planted_5 = planted("planted_5", 20);

function planted(name: string, every: number): GradientImplementation {
  return {
    name,
    summary: every === Infinity
      ? "fused_typed, as a plug-in"
      : `fused_typed with ${100 / every} % more work`,
    precision: fusedTyped.precision,
    async open(problem: Problem): Promise<SyncKernel> {
      // Both have a second kernel, so that they differ in nothing but the work.
      const kernel = await fusedTyped.open(problem) as SyncKernel;
      const spare = await fusedTyped.open(problem) as SyncKernel;
      let steps = 0;
      return {
        mode: "sync",
        layout: kernel.layout,
        parameters: kernel.parameters,
        gradient: kernel.gradient,
        lossAndGradient(batch) {
          steps++;
          if (steps % every === 0) spare.lossAndGradient(batch);
          return kernel.lossAndGradient(batch);
        },
        descend(rate) {
          if (steps % every === 0) descend(spare.parameters, spare.gradient, rate);
          descend(kernel.parameters, kernel.gradient, rate);
        },
        async [Symbol.asyncDispose]() {
          await kernel[Symbol.asyncDispose]();
          await spare[Symbol.asyncDispose]();
        },
      };
    },
  };
}
