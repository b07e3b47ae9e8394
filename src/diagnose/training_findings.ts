import { wilsonInterval } from "../stats/statistics.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Problem } from "../gradients/contract.ts";
import { initialParameters } from "../model/initialise.ts";
import type { OutputLoss } from "../model/network.ts";
import type { TrainedParameters } from "./brief_training.ts";
import { centroidAccuracy } from "./centroids.ts";
import type { Finding } from "../format/finding.ts";
import { hiddenUnits } from "./hidden_units.ts";
import { layersInWords } from "./finding_words.ts";

/**
 * A rate counts as wrong that is this far from the best one, and brings less than this share of its progress.
 */
const FAR_RATE = 3;
const LITTLE_PROGRESS = 0.3;
/** So many points of accuracy must smaller minibatches bring for it to be worth saying. */
const WORTH = 0.03;
/** Shares of neurons from which on their state is a finding. */
const MANY_SATURATED = 0.2;
const MANY_DEAD = 0.5;
/** The loss counts as unmoved below this relative change, and as exploded above this factor. */
const FLAT = 0.01;
const EXPLODED = 2;

/** Updates at each rate that is tried, and the minibatch that others are compared with. */
export const [RANGE_STEPS, SMALL_BATCH] = [200, 10];
/** Examples whose neurons are looked at. */
const LOOKED_AT = 500;

export interface Outcome extends TrainedParameters {
  /** On the test set. */
  readonly accuracy: number;
  readonly loss: number;
}

/** At the rate that is best for it. */
export interface BestTraining extends Outcome {
  readonly rate: number;
}

export interface Try {
  readonly rate: number;
  /** Of the test set afterwards; Infinity where it is none. */
  readonly loss: number;
}

export const bestOf = (tries: readonly Try[]): Try =>
  tries.reduce((best, one) => one.loss < best.loss ? one : best);

export function shuffledLabels(dataset: Dataset): Finding[] {
  const { accuracy, examples, commonest } = centroidAccuracy(dataset);
  if (examples === 0 || wilsonInterval(accuracy, examples)[0] > commonest) return [];
  return [{
    id: "labels-shuffled",
    layers: [],
    evidence:
      `The nearest mean image of a class names ${
        percent(accuracy)
      } of ${examples} labels; always ` +
      `the commonest label would name ${percent(commonest)}.`,
    meaning: "Images and labels do not belong together: there is nothing to learn.",
    fix: "Read labels in the order of the images, and shuffle both with the same permutation.",
  }];
}

export function explodingLoss(before: Outcome, { steps, loss, parameters }: Outcome): Finding[] {
  const isFinite = Number.isFinite(loss) && parameters.every(Number.isFinite);
  if (isFinite && loss < EXPLODED * before.loss) return [];
  return [{
    id: "loss-exploding",
    layers: [],
    evidence: `Test loss ${before.loss.toPrecision(3)} at the start, ${
      isFinite ? loss.toPrecision(3) : "not a number"
    } after ${updates(steps)}.`,
    meaning: "The steps lead uphill, or are so long that they overshoot.",
    fix: "See to the sign of the gradient first, then divide the rate by 10.",
  }];
}

export function wrongRate(
  range: readonly Try[],
  advised: number,
  before: Outcome,
  { rate, planned, ignorant }: { rate: number; planned: number; ignorant: number },
): Finding[] {
  const given = range.find((one) => one.rate === rate)!;
  const best = bestOf(range);
  // Down to there it takes no knowledge: the biases of the last layer are enough.
  const progress = ignorant - given.loss;
  const most = ignorant - best.loss;
  if (!(most > 0) || progress >= LITTLE_PROGRESS * most) return [];
  const told = `${updates(RANGE_STEPS)} of a gradient that is right bring the test loss from ` +
    `${before.loss.toPrecision(3)} to ${
      Number.isFinite(given.loss) ? given.loss.toPrecision(3) : "no number"
    } at rate ${rate}, and to ${best.loss.toPrecision(3)} at rate ${best.rate}`;
  if (rate * FAR_RATE < best.rate) {
    const needed = Math.round(RANGE_STEPS * best.rate / rate);
    if (needed <= planned) return [];
    return [{
      id: "rate-too-small",
      layers: [],
      factor: Number((rate / best.rate).toPrecision(3)),
      evidence: `${told}; at ${rate} that takes about ${
        needed.toLocaleString("en-US")
      } updates, and there are ${planned.toLocaleString("en-US")}.`,
      meaning: "The network learns, but so slowly that nothing shows.",
      fix: `Raise the rate: --rate ${advised}.`,
    }];
  }
  if (rate <= FAR_RATE * best.rate) return [];
  return [{
    id: "rate-too-large",
    layers: [],
    factor: Number((rate / best.rate).toPrecision(3)),
    evidence: `${told}.`,
    meaning: "Steps are so long that they jump over what they should descend into.",
    fix: `Lower the rate: --rate ${advised}.`,
  }];
}

export function fewUpdates(
  { planned, batchSize, epochs }: { planned: number; batchSize: number; epochs: number },
  asPlanned: BestTraining,
  inSmall: BestTraining,
): Finding[] {
  if (inSmall.accuracy - asPlanned.accuracy < WORTH) return [];
  return [{
    id: "too-few-updates",
    layers: [],
    evidence:
      `${epochs} epoch${epochs === 1 ? "" : "s"} in minibatches of ${
        batchSize.toLocaleString("en-US")
      } are ${updates(planned)}: even at the best rate (${asPlanned.rate}) ${
        asPlanned.steps < planned ? `the first ${asPlanned.steps}` : "they"
      } bring ${
        percent(asPlanned.accuracy)
      }. Minibatches of ${SMALL_BATCH} at rate ${inSmall.rate} bring ` +
      `${percent(inSmall.accuracy)}, by ${updates(inSmall.steps)}.`,
    meaning:
      "What is trained depends on the number of updates; large minibatches make few of them.",
    fix: `Make minibatches smaller: --batch ${SMALL_BATCH} --rate ${inSmall.rate}.`,
  }];
}

/** At the start, which the initialisation decides; dead neurons also at the end, which the rate does. */
export function unitFindings(
  { network, dataset }: Problem,
  initial: Float64Array,
  own: Outcome,
  seed: number,
): Finding[] {
  const units = hiddenUnits(network, initial, dataset, LOOKED_AT);
  const findings: Finding[] = [];
  const saturated = network.hiddenActivation === "relu"
    ? []
    : units.filter((one) => one.saturated > MANY_SATURATED);
  if (saturated.length > 0) {
    const scaled = initialParameters(network, "scaled-normal", seed);
    const better = hiddenUnits(network, scaled, dataset, LOOKED_AT);
    findings.push({
      id: "saturated-units",
      layers: saturated.map(({ layer }) => layer),
      evidence: `At the start ${
        saturated.map(({ layer, saturated: share }) => `${percent(share)} of layer ${layer}`).join(
          ", ",
        )
      } have σ′ < 0.01 (with weights scaled by 1/√inputs ${
        saturated.map(({ layer }) => percent(better[layer - 1].saturated)).join(", ")
      }).`,
      meaning:
        "A saturated neuron lets next to no gradient through: what is below it hardly learns.",
      fix: "Scale the weights of a layer by 1/√inputs: --initialisation scaled-normal.",
    });
  }
  const after = own.parameters.every(Number.isFinite)
    ? hiddenUnits(network, own.parameters, dataset, LOOKED_AT)
    : units;
  const dead = network.hiddenActivation === "relu"
    ? after.filter((one) => one.dead > MANY_DEAD)
    : [];
  if (dead.length > 0) {
    const layers = dead.map(({ layer }) => layer);
    findings.push({
      id: "dead-units",
      layers,
      evidence: `After ${updates(own.steps)} ${
        dead.map(({ layer, dead: share }) => `${percent(share)} of layer ${layer}`).join(", ")
      } are 0 for each of ${LOOKED_AT} examples.`,
      meaning: `A relu that is 0 for every example has no gradient: these of ${
        layersInWords(layers)
      } never come back.`,
      fix: "Lower the rate, or start with smaller weights and biases of 0 or above.",
    });
  }
  return findings;
}

export function flatLoss(before: Outcome, { steps, loss }: Outcome, planned: number): Finding[] {
  if (!(Math.abs(loss - before.loss) < FLAT * before.loss)) return [];
  return [{
    id: "loss-flat",
    layers: [],
    evidence: `Test loss ${before.loss.toPrecision(4)} at the start, ${loss.toPrecision(4)} after ${
      updates(steps)
    }${ofPlanned(steps, planned)}.`,
    meaning: "Training changes next to nothing.",
    fix: "Mend what is named before this; a gradient that is right moves the loss at once.",
  }];
}

export function labelShares({ classes, labels, count }: Dataset): number[] {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  return Array.from(counts, (one) => one / count);
}

/** The least loss of a network that gives the same outputs for every example. */
export function ignorantLoss(kind: OutputLoss, shares: readonly number[]): number {
  return kind === "sigmoid-quadratic"
    ? shares.reduce((sum, share) => sum + share * (1 - share) / 2, 0)
    : shares.reduce((sum, share) => share > 0 ? sum - share * Math.log(share) : sum, 0);
}

export function chance({ steps, accuracy }: Outcome, planned: number, test: Dataset): Finding[] {
  const commonest = Math.max(...labelShares(test));
  const [low, high] = wilsonInterval(accuracy, test.count);
  if (low > commonest) return [];
  return [{
    id: "accuracy-at-chance",
    layers: [],
    evidence:
      `${percent(accuracy)} [${percent(low)}, ${percent(high)}] of ${
        test.count.toLocaleString("en-US")
      } test examples after ${updates(steps)}${
        ofPlanned(steps, planned)
      }; always the commonest label is ` +
      `right in ${percent(commonest)}.`,
    meaning: "The network knows nothing: it is no better than guessing.",
    fix: "Mend what is named before this.",
  }];
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const updates = (count: number): string =>
  `${count.toLocaleString("en-US")} update${count === 1 ? "" : "s"}`;
const ofPlanned = (steps: number, planned: number): string =>
  steps < planned ? ` (of ${planned.toLocaleString("en-US")} planned)` : "";
