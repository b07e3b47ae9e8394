import type { Dataset } from "../../data/dataset.ts";
import type { FindingOf, FixedFinding } from "../../format/finding.ts";
import type { Problem } from "../../gradients/contract.ts";
import { initialParameters } from "../../model/initialise.ts";
import { canonicalLayout, type LayerLayout } from "../../model/layout.ts";
import type { OutputLoss } from "../../model/network.ts";
import { CONFIDENCE } from "../../stats/trial_samples.ts";
import { wilsonInterval } from "../../stats/statistics.ts";
import { hiddenUnits } from "./hidden_units.ts";
import type { TrainedParameters } from "./train_steps.ts";

/** A rate is wrong if it differs from the best by this factor and makes less than this share of its progress. */
const FAR_RATE = 3;
const LITTLE_PROGRESS = 0.3;
/** Smaller minibatches must gain so much accuracy to be recommended. */
const LEAST_GAIN = 0.03;
/** Shares of neurons above which their state is a finding. */
const MANY_SATURATED = 0.2;
const MANY_DEAD = 0.5;
/** Relative change below which the loss is flat, and factor above which it explodes. */
const FLAT = 0.01;
const EXPLODED = 2;

/** Updates at each tried rate. */
export const RANGE_STEPS = 200;
/** The minibatch that larger ones are compared with. */
export const SMALL_BATCH = 10;
/** Examples for which neurons are counted. */
const COUNTED_EXAMPLES = 500;

export interface Outcome extends TrainedParameters {
  /** On the test set. */
  readonly accuracy: number;
  readonly loss: number;
  /** The only class of which examples are right, where all of them are. */
  readonly onlyRight?: number;
}

/** With the best rate. */
export interface BestTraining extends Outcome {
  readonly rate: number;
}

export interface Try {
  readonly rate: number;
  /** Test loss and accuracy afterwards; the loss is Infinity where it is not finite. */
  readonly loss: number;
  readonly accuracy: number;
}

export const bestOf = (tries: readonly Try[]): Try =>
  tries.reduce((best, one) => one.loss < best.loss ? one : best);

export function explodingLoss(before: Outcome, after: Outcome): FixedFinding[] {
  const isFinite = Number.isFinite(after.loss) && after.parameters.every(Number.isFinite);
  if (isFinite && after.loss < EXPLODED * before.loss) return [];
  return [{
    id: "loss-exploding",
    layers: [],
    startLoss: before.loss,
    ...(isFinite && { loss: after.loss }),
    updates: after.steps,
  }];
}

export function wrongRate(
  range: readonly Try[],
  advisedRate: number,
  before: Outcome,
  { rate, planned, ignorant }: { rate: number; planned: number; ignorant: number },
): FixedFinding[] {
  const given = range.find((one) => one.rate === rate)!;
  const best = bestOf(range);
  // The biases of the last layer alone reach the loss `ignorant`; progress counts from there.
  const progress = ignorant - given.loss;
  const most = ignorant - best.loss;
  if (!(most > 0) || progress >= LITTLE_PROGRESS * most) return [];
  const figures = {
    layers: [],
    factor: Number((rate / best.rate).toPrecision(3)),
    rate,
    bestRate: best.rate,
    advisedRate,
    updates: RANGE_STEPS,
    plannedUpdates: planned,
    startLoss: before.loss,
    ...(Number.isFinite(given.loss) && { loss: given.loss }),
    bestLoss: best.loss,
    gain: { updates: RANGE_STEPS, before: given.accuracy, after: best.accuracy },
  };
  if (rate * FAR_RATE < best.rate) {
    const neededUpdates = Math.round(RANGE_STEPS * best.rate / rate);
    return neededUpdates <= planned ? [] : [{ id: "rate-too-small", ...figures, neededUpdates }];
  }
  return rate <= FAR_RATE * best.rate ? [] : [{ id: "rate-too-large", ...figures }];
}

export function fewUpdates(
  { planned, batchSize, epochs }: { planned: number; batchSize: number; epochs: number },
  asPlanned: BestTraining,
  inSmall: BestTraining,
): FixedFinding[] {
  if (inSmall.accuracy - asPlanned.accuracy < LEAST_GAIN) return [];
  const figuresOf = ({ rate, steps, accuracy }: BestTraining) => ({
    rate,
    updates: steps,
    accuracy,
  });
  return [{
    id: "too-few-updates",
    layers: [],
    epochs,
    batchSize,
    plannedUpdates: planned,
    ...figuresOf(asPlanned),
    smaller: { batchSize: SMALL_BATCH, ...figuresOf(inSmall) },
  }];
}

/** Hidden neurons that started alike, or became so, and stay alike: nothing tells them apart. */
export function equalUnits(
  { network }: Problem,
  initial: Float64Array,
  { parameters }: Outcome,
): FixedFinding[] {
  for (const [when, values] of [["start", initial], ["trained", parameters]] as const) {
    const equal = canonicalLayout(network).layers.slice(0, -1).flatMap((layer, l) =>
      layer.outputs > 1 && areEqual(values, layer) ? [{ ...layer, number: l + 1 }] : []
    );
    if (equal.length === 0) continue;
    const isZero = ({ weightOffset, biasOffset }: LayerLayout) =>
      values.subarray(weightOffset, biasOffset).every((w) => w === 0);
    return [{
      id: "equal-units",
      layers: equal.map(({ number }) => number),
      zero: equal.every(isZero),
      when,
    }];
  }
  return [];
}

/** Rounding in another order may part neurons by this. */
const EQUAL = 1e-9;

function areEqual(
  values: Float64Array,
  { inputs, outputs, weightOffset }: LayerLayout,
): boolean {
  for (let o = 1; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const [first, other] = [values[weightOffset + i], values[weightOffset + o * inputs + i]];
      if (!(Math.abs(other - first) <= EQUAL * Math.abs(first))) return false;
    }
  }
  return true;
}

/** Whether most neurons of these layers have been dead since the start: then no rate helps. */
export const areBornDead = ({ units }: Pick<FindingOf<"dead-units">, "units">): boolean =>
  units.some(({ deadAtStart }) => deadAtStart > MANY_DEAD);

/** Neurons saturated at the start, by the initialisation, or dead at the end, by the rate. */
export function unitFindings(
  { network, dataset }: Problem,
  initial: Float64Array,
  own: Outcome,
  seed: number,
): FindingOf<"dead-units" | "saturated-units">[] {
  const count = (parameters: Float64Array) =>
    hiddenUnits(network, parameters, dataset, COUNTED_EXAMPLES);
  const units = count(initial);
  if (network.hiddenActivation === "relu") {
    const after = own.parameters.every(Number.isFinite) ? count(own.parameters) : units;
    const dead = after.filter((one) => one.dead > MANY_DEAD);
    if (dead.length === 0) return [];
    return [{
      id: "dead-units",
      layers: dead.map(({ layer }) => layer),
      units: dead.map(({ layer, dead }) => ({ layer, dead, deadAtStart: units[layer - 1].dead })),
      updates: own.steps,
      examples: COUNTED_EXAMPLES,
    }];
  }
  const saturated = units.filter((one) => one.saturated > MANY_SATURATED);
  if (saturated.length === 0) return [];
  const scaled = count(initialParameters(network, "scaled-normal", seed));
  return [{
    id: "saturated-units",
    layers: saturated.map(({ layer }) => layer),
    units: saturated.map(({ layer, saturated }) => ({
      layer,
      saturated,
      saturatedIfScaled: scaled[layer - 1].saturated,
    })),
  }];
}

export function flatLoss(
  { loss: startLoss }: Outcome,
  { steps, loss }: Outcome,
  planned: number,
): FixedFinding[] {
  if (!(Math.abs(loss - startLoss) < FLAT * startLoss)) return [];
  const counts = { updates: steps, plannedUpdates: planned };
  return [{ id: "loss-flat", layers: [], startLoss, loss, ...counts }];
}

export function labelShares({ classes, labels, count }: Dataset): number[] {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  return Array.from(counts, (one) => one / count);
}

/** The least loss of a network whose outputs are the same for every example. */
export function ignorantLoss(kind: OutputLoss, shares: readonly number[]): number {
  return kind === "sigmoid-quadratic"
    ? shares.reduce((sum, share) => sum + share * (1 - share) / 2, 0)
    : shares.reduce((sum, share) => share > 0 ? sum - share * Math.log(share) : sum, 0);
}

export function accuracyAtChance(
  { steps, accuracy, onlyRight }: Outcome,
  planned: number,
  test: Dataset,
): FixedFinding[] {
  const commonest = Math.max(...labelShares(test));
  const [low, high] = wilsonInterval(accuracy, test.count);
  if (low > commonest) return [];
  return [{
    id: "accuracy-at-chance",
    layers: [],
    accuracy: { value: accuracy, low, high, confidence: CONFIDENCE },
    examples: test.count,
    commonest,
    ...(onlyRight !== undefined && { onlyRight }),
    updates: steps,
    plannedUpdates: planned,
  }];
}
