import { known } from "../base/known.ts";
import { mean, studentQuantile, variance } from "../stats/statistics.ts";
import { unpackBits } from "../base/bits.ts";
import type { UsableTrial } from "./sort_trials.ts";
import { NUDGE } from "../trial/trajectory.ts";
import { mcnemar } from "../stats/mcnemar.ts";
import type { SameModel } from "../format/summary.ts";

/** A cell and the cell that its speedup refers to: one problem, two implementations. */
export interface ModelPair {
  readonly own: readonly UsableTrial[];
  readonly baseline: readonly UsableTrial[];
}

/** The evidence on whether two implementations train the same model. */
type ModelEvidence = Omit<SameModel, "series">;

/**
 * Step losses are compared until training has amplified rounding errors by this factor: until the losses from nudged
 * initial parameters differ from the others by more than this many units.
 */
const MOST_AMPLIFIED = 2 ** 7;
/** Fewer steps are not compared. */
const LEAST_STEPS = 5;
/**
 * Compared losses may differ by this many units of the lower precision: 2.4e-4 for float32, 5e-13 for float64. That is
 * one unit, amplified 2⁷ times, in sums of a thousand terms (2⁵ units, the root). A learning rate that is 1 % off, or
 * one example left out of each minibatch, exceeds it.
 */
const TOLERANCE_UNITS = 2 ** 12;
const UNIT = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** Half a percentage point: users call that the same accuracy. */
const ACCURACY_MARGIN = 0.005;
/** Without losses, and with too few seeds to see how accuracies scatter, only this much is told apart. */
const GROSS_DIFFERENCE = 0.1;

/**
 * Whether two implementations train the same model. Losses decide where both sides have them: `same model` where they
 * differ by no more than rounding explains, else `different model`. Accuracies cannot overrule them: after some
 * thousand steps two runs that round differently are two networks of one distribution, whose accuracies scatter by as
 * much as that of training does. Where losses are missing, accuracies at the largest m make it a `different model` if
 * the interval over several seeds lies beyond the margin, or, over one seed, if they are grossly apart. Otherwise it is
 * `unknown`.
 *
 * McNemar's test of the predictions is shown but does not decide, for the same reason.
 */
export function compareModels(pairs: readonly ModelPair[]): ModelEvidence {
  const trajectory = nearest(pairs.flatMap(trajectoryOf));
  const accuracy = accuracyOf(pairs);
  const predictions = largest(pairs).flatMap(predictionsOf);
  return known({
    verdict: trajectory === undefined
      ? isApart(accuracy) ? "different model" as const : "unknown" as const
      : trajectory.maxRelativeDifference <= trajectory.tolerance
      ? "same model" as const
      : "different model" as const,
    trajectory,
    accuracy,
    predictions: predictions.length > 0 ? predictions : undefined,
  });
}

function isApart(accuracy: ModelEvidence["accuracy"]): boolean {
  if (accuracy === undefined) return false;
  const { difference, interval } = accuracy;
  return interval === undefined
    ? Math.abs(difference) > GROSS_DIFFERENCE
    : interval[0] > ACCURACY_MARGIN || interval[1] < -ACCURACY_MARGIN;
}

type Trajectory = NonNullable<ModelEvidence["trajectory"]>;

function trajectoryOf({ own, baseline }: ModelPair): Trajectory[] {
  const [a, b] = [own, baseline].map((trials) =>
    trials.find(({ trajectory }) => trajectory !== undefined)?.trajectory
  );
  if (a === undefined || b === undefined) return [];
  // The baseline's horizon alone: the judged implementation must not decide how far it is checked.
  const horizon = Math.min(b.losses.length, horizonOf(b));
  const steps = Math.min(a.losses.length, horizon);
  const stopped = a.diverged && a.losses.length < horizon;
  if (Math.max(steps, stopped ? horizon : 0) < LEAST_STEPS) return [];
  const unit = Math.max(UNIT[own[0].cell.precision], UNIT[baseline[0].cell.precision]);
  return [{
    cells: 1,
    steps: Math.max(1, steps),
    // The loss stopped being finite, and the baseline's did not.
    maxRelativeDifference: stopped
      ? 1
      : Math.max(...differences(a.losses, b.losses).slice(0, steps)),
    tolerance: TOLERANCE_UNITS * unit,
  }];
}

/** Number of steps before rounding errors are amplified too far; 0 where that was not measured. */
function horizonOf({ losses, nudged = [] }: NonNullable<UsableTrial["trajectory"]>): number {
  const apart = differences(losses, nudged);
  const first = apart.findIndex((difference) => difference > MOST_AMPLIFIED * NUDGE);
  return first < 0 ? apart.length : first;
}

/** Differences relative to the greater value, as many as the shorter list has. */
function differences(a: readonly number[], b: readonly number[]): number[] {
  return a.slice(0, b.length).map((value, i) =>
    Math.abs(value - b[i]) / Math.max(Math.abs(value), Math.abs(b[i]), Number.MIN_VALUE)
  );
}

/** The one nearest to its tolerance, with the number of all. */
function nearest(all: readonly Trajectory[]): Trajectory | undefined {
  if (all.length === 0) return undefined;
  const excess = (one: Trajectory) => one.maxRelativeDifference / one.tolerance;
  return { ...all.reduce((a, b) => excess(b) > excess(a) ? b : a), cells: all.length };
}

/** The pairs at the largest m, one for each seed and minibatch size. */
function largest(pairs: readonly ModelPair[]): ModelPair[] {
  const examples = Math.max(...pairs.map(({ own }) => own[0].cell.examples));
  return pairs.filter(({ own }) => own[0].cell.examples === examples);
}

function accuracyOf(pairs: readonly ModelPair[]): ModelEvidence["accuracy"] {
  if (pairs.length === 0) return undefined;
  const chosen = largest(pairs);
  const accuracy = (trials: readonly UsableTrial[]) =>
    mean(
      trials.flatMap(({ training: { epochs } }) => epochs[epochs.length - 1].testAccuracy ?? []),
    );
  const differences = chosen.map(({ own, baseline }) => accuracy(own) - accuracy(baseline));
  const difference = mean(differences);
  const n = differences.length;
  const half = n > 1
    ? studentQuantile(0.975, n - 1) * Math.sqrt(variance(differences) / n)
    : undefined;
  return known({
    examples: chosen[0].own[0].cell.examples,
    seeds: n,
    difference,
    interval: half === undefined
      ? undefined
      : [difference - half, difference + half] as [number, number],
    margin: ACCURACY_MARGIN,
  });
}

function predictionsOf({ own, baseline }: ModelPair): NonNullable<ModelEvidence["predictions"]> {
  const [a, b] = [own, baseline].map((trials) =>
    trials.flatMap(({ training: { epochs } }) => epochs.at(-1)?.correct ?? [])[0]
  );
  if (a === undefined || b === undefined) return [];
  return [{ seed: own[0].cell.seed, ...mcnemar(unpackBits(a), unpackBits(b)) }];
}
