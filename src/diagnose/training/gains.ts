import type { Gain } from "../../format/findings_of_training.ts";
import type { Reached } from "../../format/reached.ts";
import type { Dataset } from "../../data/dataset.ts";
import { wilsonInterval } from "../../stats/statistics.ts";
import { rowsOf } from "./class_means.ts";
import type { TrainingSteps } from "./train_steps.ts";
import type { BestTraining, Outcome } from "./training_findings.ts";

/** A corrected gradient is tried at its rate and at this multiple: a mistake often shortens or lengthens the steps. */
const OTHER_RATE = 4;
/** From one tried rate to the next. */
const LARGER_RATE = 3;

/** What smaller weights at the start gain where the corrections before have been made, at that rate or a larger one. */
export async function gainOfScaling(
  { steps, rate, accuracy }: BestTraining,
  trainAt: (rate: number) => Promise<Outcome>,
): Promise<Gain | undefined> {
  const scaled = [await trainAt(rate), await trainAt(rate * LARGER_RATE)];
  if (scaled.some((one) => one.steps < steps)) return undefined;
  const after = Math.max(...scaled.map((one) => one.accuracy));
  const isLarger = scaled[0].accuracy < after;
  return {
    updates: steps,
    before: accuracy,
    after,
    ...(isLarger && { rate: Number((rate * LARGER_RATE).toPrecision(1)) }),
  };
}

/** What a smaller rate gains after as many updates, at which relus stay alive. */
export async function gainOfSmallerRate(
  rate: number,
  best: number,
  trainAt: (rate: number) => Promise<Outcome>,
): Promise<Gain | undefined> {
  const smaller = best < rate ? best : rate / LARGER_RATE;
  const [before, after] = [await trainAt(rate), await trainAt(smaller)];
  if (before.steps !== after.steps) return undefined;
  return {
    updates: after.steps,
    before: before.accuracy,
    after: after.accuracy,
    rate: Number(smaller.toPrecision(1)),
  };
}

/** Share of the training examples that are learned where the rest takes the place of the test set. */
const LEARNED = 0.9;

/**
 * What one training gets right of the test set, and of training examples held back, whose labels are in order. Undefined
 * where it does not surely learn these better.
 */
export async function gainOfTestLabels(
  dataset: Dataset,
  mostTested: number,
  trainOn: (examples: number) => Promise<Outcome>,
  accuracyOn: (trained: Outcome, test: Dataset) => number,
): Promise<Gain | undefined> {
  const learned = Math.floor(LEARNED * dataset.count);
  const held = rowsOf(dataset, learned, Math.min(dataset.count, learned + mostTested));
  if (learned === 0 || held.count === 0) return undefined;
  const trained = await trainOn(learned);
  const after = accuracyOn(trained, held);
  return wilsonInterval(after, held.count)[0] > trained.accuracy
    ? { updates: trained.steps, before: trained.accuracy, after }
    : undefined;
}

type Settings = Omit<TrainingSteps, "forNs">;

/** What a right gradient gains after as many updates; undefined where it cannot make as many in its time. */
export async function gainAt(
  settings: Settings,
  own: number,
  known: readonly BestTraining[],
  train: (settings: Settings) => Promise<Outcome>,
): Promise<Reached["gain"]> {
  const { rate, steps, batchSize } = settings;
  const tried = known.filter((one) => one.steps === steps);
  for (const one of [rate, rate * OTHER_RATE]) {
    if (tried.some((other) => other.rate === one)) continue;
    const outcome = await train({ ...settings, rate: one });
    if (outcome.steps < steps) return undefined;
    tried.push({ rate: one, ...outcome });
  }
  const corrected = tried.find((one) => one.rate === rate)!; // tried above
  const best = tried.reduce((most, one) => one.accuracy > most.accuracy ? one : most, corrected);
  return {
    updates: steps,
    rate,
    batchSize,
    own,
    corrected: corrected.accuracy,
    best: { rate: best.rate, accuracy: best.accuracy },
  };
}
