import { openForExamination } from "../diagnose/gradient/examined_kernel.ts";
import { distance, partsOf, sizeOf } from "../diagnose/gradient/parts.ts";
import { MOST_ROWS } from "../diagnose/gradient/probes.ts";
import type { GradientImplementation, Problem } from "../gradients/contract.ts";

/**
 * The first of `lengths` at which the answer for a minibatch of so many rows is not the mean of the program's own answers
 * for parts of at most MOST_ROWS rows; undefined where all are. A diagnosis asks for no more rows than those: this tells
 * whether what it found holds for longer minibatches, too. `initial` holds parameters, canonical order.
 */
export async function longThatDeparts(
  implementation: GradientImplementation,
  problem: Problem,
  initial: Float64Array,
  lengths: readonly number[],
): Promise<number | undefined> {
  const long = lengths.filter((length) => length > MOST_ROWS);
  if (long.length === 0) return undefined;
  const kernel = await openForExamination(implementation, problem);
  const parameters = initial.map(Math.fround);
  try {
    for (const length of long) {
      const rows = Uint32Array.from({ length }, (_, n) => n);
      const whole = await kernel.ask({ parameters, batch: rows });
      const mean = { loss: 0, gradient: new Float64Array(parameters.length) };
      for (let start = 0; start < length; start += MOST_ROWS) {
        const batch = rows.slice(start, start + MOST_ROWS);
        const { loss, gradient } = await kernel.ask({ parameters, batch });
        const share = batch.length / length;
        mean.loss += share * loss;
        gradient.forEach((value, p) => mean.gradient[p] += share * value);
      }
      const isNear = Math.abs(whole.loss - mean.loss) <= kernel.closeness * Math.abs(mean.loss) &&
        partsOf(problem.network).every((part) =>
          distance(whole.gradient, mean.gradient, part) <=
            kernel.closeness * sizeOf(mean.gradient, part)
        );
      if (!isNear) return length;
    }
    return undefined;
  } finally {
    await kernel.close();
  }
}
