import { layersOf } from "../inside/program.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";

const CALLS = 8;

/**
 * The share of hidden activations that are 0 in one answer for the same row and not in another; undefined where there
 * are few. An activation of 0 makes one column of the next layer's weight gradient 0.
 */
export async function droppedShare(
  kernel: ExaminedKernel,
  { parameters, batch }: Question,
): Promise<number | undefined> {
  const upper = layersOf(kernel.problem.network).slice(1);
  const zeros = upper.map(({ inputs }) => new Uint8Array(inputs));
  for (let call = 0; call < CALLS; call++) {
    const { gradient } = await kernel.ask({ parameters, batch: batch.slice(0, 1) });
    for (const [l, { inputs, outputs, weightOffset }] of upper.entries()) {
      for (let i = 0; i < inputs; i++) {
        let isZero = true;
        for (let o = 0; o < outputs; o++) {
          if (gradient[weightOffset + o * inputs + i] !== 0) isZero = false;
        }
        zeros[l][i] += Number(isZero);
      }
    }
  }
  const changing = zeros.flatMap((counts) => [...counts].filter((n) => n > 0 && n < CALLS));
  const all = zeros.reduce((sum, { length }) => sum + length, 0);
  if (changing.length < all / 3) return undefined;
  return changing.reduce((sum, n) => sum + n, 0) / (CALLS * changing.length);
}
