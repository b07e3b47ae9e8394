import type { EpochRunner } from "../gradients/epochs.ts";

/** Every parameter of the nudged start is that of the start times 1 ± this: a unit in the last place of float32. */
export const NUDGE = 2 ** -23;

/** The start, moved by what a rounding would: how far the losses part from there is what becomes of a rounding. */
export const nudged = (start: Float64Array): Float64Array =>
  start.map((value, p) => value * (1 + (p % 2 === 0 ? NUDGE : -NUDGE)));

/**
 * Losses of the first `steps` steps of epoch 1 from the parameters that the kernel holds, each before its update;
 * fewer when the epoch has fewer, or when one is not finite. To be compared with those of another implementation:
 * later, rounding is amplified until nothing can be compared step by step (docs/METHODOLOGY.md).
 */
export async function firstLosses(runner: EpochRunner, steps: number): Promise<number[]> {
  const losses: number[] = [];
  runner.shuffle(1);
  for (let step = 0; step < Math.min(steps, runner.steps); step++) {
    const loss = await runner.stretch(step, step + 1);
    if (!Number.isFinite(loss)) break;
    losses.push(loss);
  }
  return losses;
}
