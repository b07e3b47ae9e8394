import type { TrialRecord } from "../format/trial_record.ts";
import { median, sumOf } from "../stats/statistics.ts";

type Epoch = NonNullable<TrialRecord["training"]>["epochs"][number];

const TARGET_ACCURACY = 0.9;

interface Training {
  /** Time to open the kernel; undefined where it is unknown, and then counted as 0. */
  readonly setUpNs?: number | undefined;
  readonly epochs: readonly Pick<Epoch, "testAccuracy" | "trainNs">[];
}

/**
 * Time from opening the kernel until the end of the epoch in which test accuracy first reached the target, without
 * evaluation: the median over the trials. A trial that never reached it counts as infinite, so the result is undefined
 * unless more than half of the trials reached it.
 */
export function timeToAccuracy(
  trials: readonly Training[],
  target = TARGET_ACCURACY,
): number | undefined {
  if (trials.length === 0) return undefined;
  const firstIn = ({ epochs }: Training) =>
    epochs.findIndex(({ testAccuracy = 0 }) => testAccuracy >= target);
  const isEvaluated = ({ epochs }: Training) => epochs[0]?.testAccuracy !== undefined;
  const first = trials.find(isEvaluated);
  const time = median(trials.map((trial) => {
    const { setUpNs = 0, epochs } = trial;
    // A later round trains the same model.
    const reached = firstIn(isEvaluated(trial) ? trial : first ?? trial);
    if (reached < 0) return Infinity;
    return setUpNs + sumOf(epochs.slice(0, reached + 1), ({ trainNs }) => trainNs);
  }));
  return Number.isFinite(time) ? time : undefined;
}
