import { median } from "../stats/statistics.ts";

/** One epoch of training, as a trial records it. */
interface Epoch {
  readonly testAccuracy: number;
  readonly trainNs: number;
}

const TARGET_ACCURACY = 0.9;

/**
 * Training time until the end of the epoch in which test accuracy first reached the target, without evaluation: the
 * median over the trials. A trial that never reached it counts as infinite, so the result is undefined unless more
 * than half of the trials reached it.
 */
export function timeToAccuracy(
  trials: readonly (readonly Epoch[])[],
  target = TARGET_ACCURACY,
): number | undefined {
  if (trials.length === 0) return undefined;
  const time = median(trials.map((epochs) => {
    const reached = epochs.findIndex(({ testAccuracy }) => testAccuracy >= target);
    if (reached < 0) return Infinity;
    return epochs.slice(0, reached + 1).reduce((sum, { trainNs }) => sum + trainNs, 0);
  }));
  return Number.isFinite(time) ? time : undefined;
}
