import { layersOf } from "../inside/program.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";

const CALLS = 8;

export interface Dropped {
  readonly share: number;
  /** δ is 0 where activations are not: the mask is on the way back alone. */
  readonly backOnly: boolean;
}

/**
 * The share of hidden neurons that are 0 in one answer for the same row and not in another; undefined where there are
 * few. An activation of 0 makes one column of the next layer's weight gradient 0, and a δ of 0 makes one row of its own.
 */
export async function droppedShare(
  kernel: ExaminedKernel,
  { parameters, batch }: Question,
): Promise<Dropped | undefined> {
  const layers = layersOf(kernel.problem.network);
  const columns = layers.slice(1).map(({ inputs }) => new Uint8Array(inputs));
  const rows = layers.slice(0, -1).map(({ outputs }) => new Uint8Array(outputs));
  for (let call = 0; call < CALLS; call++) {
    const { gradient } = await kernel.ask({ parameters, batch: batch.slice(0, 1) });
    for (const [l, { inputs, outputs, weightOffset }] of layers.entries()) {
      const isZero = (at: (n: number) => number, count: number) =>
        Array.from({ length: count }, (_, n) => gradient[weightOffset + at(n)])
          .every((g) => g === 0);
      // Where every δ is 0, columns show nothing of activations.
      const isEmpty = isZero((at) => at, inputs * outputs);
      if (!isEmpty) {
        columns[l - 1]?.forEach((_, i) =>
          columns[l - 1][i] += Number(isZero((o) => o * inputs + i, outputs))
        );
      }
      rows[l]?.forEach((_, o) => rows[l][o] += Number(isZero((i) => o * inputs + i, inputs)));
    }
  }
  const [activations, deltas] = [shareIn(columns), shareIn(rows)];
  const share = activations ?? deltas;
  return share === undefined ? undefined : { share, backOnly: activations === undefined };
}

/** The share of zeros among neurons that are 0 in some calls alone; those that are 0 in all show nothing. */
function shareIn(zeros: readonly Uint8Array[]): number | undefined {
  const shown = zeros.flatMap((counts) => [...counts].filter((n) => n < CALLS));
  const changing = shown.filter((n) => n > 0);
  if (changing.length === 0 || changing.length < shown.length / 3) return undefined;
  return changing.reduce((sum, n) => sum + n, 0) / (CALLS * changing.length);
}
