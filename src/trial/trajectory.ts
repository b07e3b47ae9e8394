import type { EpochRunner } from "../gradients/epochs.ts";

/** The nudged start has every parameter times 1 ± this: a unit in the last place of float32. */
export const NUDGE = 2 ** -23;

/** The start, moved by one rounding. How far its losses part from the others shows how training amplifies rounding. */
export const nudged = (start: Float64Array): Float64Array =>
  start.map((value, p) => value * (1 + (p % 2 === 0 ? NUDGE : -NUDGE)));

/**
 * Losses of the first `steps` steps of epoch 1 from the parameters of the kernel, each before its update; fewer when
 * the epoch has fewer or a loss is not finite. Only first steps can be compared between implementations, because
 * training amplifies rounding errors (docs/METHODOLOGY.md).
 */
export async function firstLosses(runner: EpochRunner, steps: number): Promise<number[]> {
  const losses: number[] = [];
  await runner.shuffle(1);
  for (let step = 0; step < Math.min(steps, runner.steps); step++) {
    const loss = await runner.stretch(step, step + 1);
    if (!Number.isFinite(loss)) break;
    losses.push(loss);
  }
  return losses;
}
