/**
 * `outer_product` with extra work in one of its phases, which a profile must find there. The gradients are correct.
 */
import type { GradientImplementation, Problem, SyncKernel } from "../../src/gradients/contract.ts";
import { outerProduct } from "../../src/gradients/outer_product/outer_product.ts";

/** How long `sleeps_*` spins in its phase, once per step, ms. tests/timing/profile_test.ts has the same number. */
const SLEEP_MS = 100;

export const plain = planted("plain", "", () => {});
export const sleeps_forward = planted("sleeps_forward", "forward", sleep);
export const sleeps_accumulate = planted("sleeps_accumulate", "accumulate", sleep);
/** Reads 100 bytes of every example of the subset in every step: O(m²) per epoch. */
export const scans_all = planted("scans_all", "gather", scan);

function sleep(): void {
  const end = performance.now() + SLEEP_MS;
  while (performance.now() < end);
}

/** The sum is stored, so that no compiler removes the loop. */
const sums = new Float64Array(1);

function scan({ dataset: { pixels, count } }: Problem): void {
  let sum = 0;
  for (let i = 0; i < 100 * count; i++) sum += pixels[i];
  sums[0] = sum;
}

function planted(
  name: string,
  where: string,
  work: (problem: Problem) => void,
): GradientImplementation {
  return {
    name,
    summary: `outer_product with work of its own in ${where || "no phase"}`,
    precision: outerProduct.precision,
    async open(problem: Problem): Promise<SyncKernel> {
      const kernel = await outerProduct.open(problem) as SyncKernel;
      return {
        ...kernel,
        lossAndGradient(batch, phases) {
          let worked = false;
          return kernel.lossAndGradient(batch, (phase) => {
            phases?.(phase);
            if (phase !== where || worked) return;
            worked = true; // a phase may come several times in a step
            work(problem);
          });
        },
      };
    },
  };
}
