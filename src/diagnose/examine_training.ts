import type { Clock } from "../base/clock.ts";
import type { Dataset } from "../data/dataset.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availabilityOf } from "../gradients/availability.ts";
import type { GradientImplementation, Problem } from "../gradients/contract.ts";
import { createEvaluator } from "../model/evaluate.ts";
import type { Network } from "../model/network.ts";
import { type BriefTraining, trainBriefly, type TrainedParameters } from "./brief_training.ts";
import type { Finding } from "../format/finding.ts";
import {
  bestOf,
  type BestTraining,
  chance,
  explodingLoss,
  fewUpdates,
  flatLoss,
  ignorantLoss,
  labelShares,
  type Outcome,
  RANGE_STEPS,
  shuffledLabels,
  SMALL_BATCH,
  type Try,
  unitFindings,
  wrongRate,
} from "./training_findings.ts";

/** A training to be explained: the plan's, with everything that decides whether it can succeed. */
export interface Training {
  readonly implementation: GradientImplementation;
  /** The whole subset of the plan. */
  readonly problem: Problem;
  readonly test: Dataset;
  /** Canonical order. */
  readonly initial: Float64Array;
  readonly rate: number;
  readonly epochs: number;
  readonly seed: number;
}

/**
 * The kernel under test trains for so long at most; the other by which it is measured for this long, at each rate for
 * less.
 */
const OWN_TRAINING_NS = 6e9;
const REFERENCE_TRAINING_NS = 4e9;
const TRY_NS = 1.5e9;
/** Rates that are tried, three to a factor of ten, on minibatches of this many rows at most. */
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const RANGE_ROWS = 500;
/** A rate that is fast at first may be too large for the rest: so many are tried to the end. */
const CANDIDATES = 3;
/** Test examples by which they are told apart: of a large network ten thousand take as long as its training. */
const REFERENCE_TEST_EXAMPLES = 2000;

/**
 * Examines the training: trains as the plan says for a few seconds, and beside it an implementation that is
 * known to be right with the same settings and with others. What its training lacks is told as
 * findings, causes first.
 */
export async function examineTraining(training: Training, clock: Clock): Promise<Finding[]> {
  const { implementation, problem, test, initial, rate, epochs, seed } = training;
  const { network, dataset, maxBatchSize } = problem;
  const planned = epochs * Math.ceil(dataset.count / maxBatchSize);
  const settings = { examples: dataset.count, batchSize: maxBatchSize, rate, seed };
  const start: TrainedParameters = { steps: 0, parameters: initial };

  const train = async (
    who: GradientImplementation,
    given: BriefTraining,
  ): Promise<TrainedParameters> => {
    const kernel = await who.open({ ...problem, maxBatchSize: given.batchSize });
    try {
      return await trainBriefly(kernel, network, initial, given, clock);
    } finally {
      await kernel[Symbol.asyncDispose]();
    }
  };
  const measured = outcomeOn(network, test);
  const before = measured(start);
  const own = measured(
    await train(implementation, { ...settings, steps: planned, forNs: OWN_TRAINING_NS }),
  );
  const estimated = outcomeOn(network, firstRows(test, REFERENCE_TEST_EXAMPLES));
  const trainAndTest = async (
    who: GradientImplementation,
    given: BriefTraining,
  ): Promise<Outcome> => estimated(await train(who, given));
  const reference = await rightImplementation();
  const rangeOf = async (batchSize: number): Promise<Try[]> => {
    const tries: Try[] = [];
    for (const one of [...new Set([...RATES, rate])].sort((a, b) => a - b)) {
      const given = { ...settings, batchSize, rate: one, steps: RANGE_STEPS, forNs: TRY_NS };
      const { loss } = await trainAndTest(reference, given);
      tries.push({ rate: one, loss: Number.isFinite(loss) ? loss : Infinity });
    }
    return tries;
  };
  /** Of the rate that did best in few steps and of two smaller ones: what learns most in the whole training. */
  const wellTrained = async (range: readonly Try[], batchSize: number): Promise<BestTraining> => {
    const { rate: best } = bestOf(range);
    const steps = epochs * Math.ceil(dataset.count / batchSize);
    const all: BestTraining[] = [];
    for (const one of [best, ...RATES.filter((other) => other < best).reverse()]) {
      const given = { ...settings, batchSize, rate: one, steps, forNs: REFERENCE_TRAINING_NS };
      const trained = { rate: one, ...await trainAndTest(reference, given) };
      all.push(trained);
      // Where there is no time for the whole of it, a smaller rate would only have begun later.
      if (trained.steps < steps || all.length === CANDIDATES) break;
    }
    return all.reduce((most, one) => one.accuracy > most.accuracy ? one : most);
  };
  const range = await rangeOf(Math.min(maxBatchSize, RANGE_ROWS));
  const asPlanned = await wellTrained(range, maxBatchSize);

  const findings: Finding[] = [
    ...shuffledLabels(dataset),
    ...explodingLoss(before, own),
    ...wrongRate(range, asPlanned.rate, estimated(start), {
      rate,
      planned,
      ignorant: Math.min(before.loss, ignorantLoss(network.outputLoss, labelShares(test))),
    }),
  ];
  if (maxBatchSize > SMALL_BATCH) {
    const inSmall = await wellTrained(await rangeOf(SMALL_BATCH), SMALL_BATCH);
    findings.push(...fewUpdates({ planned, batchSize: maxBatchSize, epochs }, asPlanned, inSmall));
  }
  findings.push(...unitFindings(problem, initial, own, seed));
  const unmoved = [...flatLoss(before, own, planned), ...chance(own, planned, test)];
  // A slow one that nothing is wrong with has only begun: neither has one that is right, after as many updates.
  if (unmoved.length > 0 && findings.length === 0 && own.steps < planned) {
    const same = measured(
      await train(reference, { ...settings, steps: own.steps, forNs: REFERENCE_TRAINING_NS }),
    );
    if (chance(same, planned, test).length > 0) return findings;
  }
  return [...findings, ...unmoved];
}

/** How parameters do on a data set. */
function outcomeOn(network: Network, test: Dataset): (trained: TrainedParameters) => Outcome {
  const evaluate = createEvaluator(network, test);
  return (trained) => {
    const { accuracy, loss } = evaluate(trained.parameters);
    return { ...trained, accuracy, loss };
  };
}

function firstRows(dataset: Dataset, most: number): Dataset {
  const count = Math.min(dataset.count, most);
  return {
    ...dataset,
    count,
    pixels: dataset.pixels.subarray(0, count * dataset.features),
    labels: dataset.labels.subarray(0, count),
  };
}

/** The fastest of those that run here and need nothing: they are verified wherever they are timed. */
async function rightImplementation(): Promise<GradientImplementation> {
  const plain = IMPLEMENTATIONS.filter(({ needs = [] }) => needs.length === 0);
  for (const one of [...plain].reverse()) {
    if ((await availabilityOf(one)).available) return one;
  }
  return plain[0];
}
