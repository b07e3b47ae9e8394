/**
 * `outer_product` with something planted in one of its phases: what a profile must find, and find there. The gradients
 * are right.
 */
import type { GradientImplementation, Problem, SyncKernel } from "../../src/gradients/contract.ts";
import { outerProduct } from "../../src/gradients/outer_product/outer_product.ts";

/** What `sleeps_*` waits for in its phase, once per step, ms. tests/system/profile_test.ts knows it too. */
const SLEEP_MS = 20;

export const plain = planted("plain", "", () => {});
export const sleeps_forward = planted("sleeps_forward", "forward", sleep);
export const sleeps_accumulate = planted("sleeps_accumulate", "accumulate", sleep);
/** Looks at 100 bytes of every example of the subset in every step: of order m² in an epoch. */
export const scans_all = planted("scans_all", "gather", scan);

function sleep(): void {
  const end = performance.now() + SLEEP_MS;
  while (performance.now() < end);
}

/** Where the sum goes, so that no compiler leaves the loop out. */
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
