import { changedAnswer, isRightNow } from "./changed_answers.ts";
import type { Clock } from "../../base/clock.ts";
import { type Dataset, firstExamples } from "../../data/dataset.ts";
import type { GradientImplementation, Kernel, Problem } from "../../gradients/contract.ts";
import { createEvaluator } from "../../model/evaluate.ts";
import { initialParameters } from "../../model/initialise.ts";
import type { Network } from "../../model/network.ts";
import { type TrainedParameters, type TrainingSteps, trainSteps } from "./train_steps.ts";
import type { Finding } from "../../format/finding.ts";
import type { Reached } from "../../format/reached.ts";
import { constantInputs, shuffledLabels } from "./data_findings.ts";
import { gainAt, gainOfScaling, gainOfSmallerRate, gainOfTestLabels } from "./gains.ts";
import { rateForOtherPixels } from "./rate_for_other_pixels.ts";
import * as findings from "./training_findings.ts";
import { verifiedImplementation } from "./verified_implementation.ts";

/** The training of the plan. */
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
  /** Whether to measure what the right gradient gains. */
  readonly isWrong?: boolean;
}

/** Longest training of the examined kernel, of the reference kernel, and of the latter at each tried rate. */
const OWN_TRAINING_NS = 2.5e9;
const REFERENCE_TRAINING_NS = 3e9;
const TRY_NS = 1.5e9;
/** Longest training of the examined kernel at the advised settings. */
const GAIN_TRAINING_NS = 1.5e9;
/** Findings that advise another rate or minibatch. */
const SETTINGS: ReadonlySet<string> = new Set([
  "rate-too-small",
  "rate-too-large",
  "too-few-updates",
]);
/** The tried rates, three in each factor of ten, and the longest minibatch they are tried with. */
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const RANGE_ROWS = 500;
/** A rate that is fast at first may be too large later, so this many are tried to the end. */
const CANDIDATES = 3;
/** For a large network, ten thousand test examples would take as long as its training. */
const REFERENCE_TEST_EXAMPLES = 2000;

/**
 * Trains as the plan says for a few seconds. Then trains a verified implementation with the same settings and with
 * others, and compares. Returns causes before their effects, and beside them what can be reached.
 */
export async function examineTraining(
  training: Training,
  clock: Clock,
): Promise<Reached & { findings: Finding[] }> {
  const { problem } = training;
  const { network, maxBatchSize } = problem;
  const implementation = await verifiedImplementation(network);
  // Opened once for some thirty trainings: it lists the pixels of all examples.
  const reference = await implementation.open({
    ...problem,
    maxBatchSize: Math.max(maxBatchSize, findings.SMALL_BATCH),
  });
  try {
    return await examineBeside(reference, training, clock);
  } finally {
    await reference[Symbol.asyncDispose]();
  }
}

async function examineBeside(
  reference: Kernel,
  training: Training,
  clock: Clock,
): Promise<Reached & { findings: Finding[] }> {
  const { implementation, problem, test, initial, rate, epochs, seed } = training;
  const { network, dataset, maxBatchSize } = problem;
  const planned = epochs * Math.ceil(dataset.count / maxBatchSize);
  const settings = { examples: dataset.count, batchSize: maxBatchSize, rate, seed };
  const start: TrainedParameters = { steps: 0, parameters: initial };

  const { precision } = implementation;
  let changed: Finding | undefined;
  const trainOwn = async (given: TrainingSteps) => {
    const kernel = await implementation.open({ ...problem, maxBatchSize: given.batchSize });
    try {
      const own = { ...problem, maxBatchSize: given.batchSize };
      const wasRight = !training.isWrong && await isRightNow(kernel, own, precision, initial);
      const trained = await trainSteps(kernel, network, initial, given, clock);
      if (wasRight && changed === undefined && !await isRightNow(kernel, own, precision)) {
        changed = changedAnswer(trained.steps);
      }
      return trained;
    } finally {
      await kernel[Symbol.asyncDispose]();
    }
  };
  const measured = outcomeOn(network, test);
  const before = measured(start);
  const wholePlan = { ...settings, steps: planned, forNs: OWN_TRAINING_NS };
  const own = measured(await trainOwn(wholePlan));
  const estimated = outcomeOn(network, firstExamples(test, REFERENCE_TEST_EXAMPLES));
  const trainReference = async (
    given: TrainingSteps,
    from = initial,
  ): Promise<findings.Outcome> =>
    estimated(await trainSteps(reference, network, from, given, clock));
  const rangeOf = async (batchSize: number): Promise<findings.Try[]> => {
    const tries: findings.Try[] = [];
    for (const one of [...new Set([...RATES, rate])].sort((a, b) => a - b)) {
      const given = {
        ...settings,
        batchSize,
        rate: one,
        steps: findings.RANGE_STEPS,
        forNs: TRY_NS,
      };
      const { loss, accuracy } = await trainReference(given);
      tries.push({ rate: one, loss: Number.isFinite(loss) ? loss : Infinity, accuracy });
    }
    return tries;
  };
  /** The whole training at the rate that is best in few steps and at two smaller ones; returns the best. */
  const wellTrained = async (range: readonly findings.Try[], batchSize: number) => {
    const { rate: best } = findings.bestOf(range);
    const steps = epochs * Math.ceil(dataset.count / batchSize);
    const all: findings.BestTraining[] = [];
    for (const one of [best, ...RATES.filter((other) => other < best).reverse()]) {
      const given = { ...settings, batchSize, rate: one, steps, forNs: REFERENCE_TRAINING_NS };
      const trained = { rate: one, ...await trainReference(given) };
      const isWorse = all.some(({ accuracy }) => accuracy > trained.accuracy);
      all.push(trained);
      // In a training that is cut short, a smaller rate only gets less far; so does one beyond the best.
      if (trained.steps < steps || isWorse || all.length === CANDIDATES) break;
    }
    return all.reduce((most, one) => one.accuracy > most.accuracy ? one : most);
  };
  const range = await rangeOf(Math.min(maxBatchSize, RANGE_ROWS));
  const asPlanned = await wellTrained(range, maxBatchSize);

  /** At the plan's settings, or at those that the findings advise. */
  const gainOfRight = async (): Promise<Reached["gain"]> => {
    const isAdvised = causes.some(({ id }) => SETTINGS.has(id));
    const { batchSize, rate } = isAdvised ? reachable : settings;
    const given = { ...settings, batchSize, rate };
    const asItIs = isAdvised
      ? await trainOwn({ ...given, steps: reachable.steps, forNs: GAIN_TRAINING_NS })
      : own;
    const known = isAdvised ? [] : [asPlanned];
    return await gainAt(
      { ...given, steps: asItIs.steps },
      estimated(asItIs).accuracy,
      known,
      (one) => trainReference({ ...one, forNs: REFERENCE_TRAINING_NS }),
    );
  };
  const isBroken = ({ parameters }: TrainedParameters) => !parameters.every(Number.isFinite);
  // A division by 0 shows in the first update; what only diverges is finite there.
  const isNumberless = isBroken(own) &&
    range.some((one) => one.rate === rate && Number.isFinite(one.loss)) &&
    isBroken(await trainOwn({ ...settings, steps: 1, forNs: GAIN_TRAINING_NS }));
  const ignorant = findings.ignorantLoss(network.outputLoss, findings.labelShares(test));
  const asPlannedOn = (examples: number, rate: number) =>
    trainReference({ ...settings, examples, rate, steps: planned, forNs: REFERENCE_TRAINING_NS });
  const labelFindings: Finding[] = [];
  for (const one of shuffledLabels(dataset, test)) {
    const gain = one.id === "test-labels-shuffled"
      ? await gainOfTestLabels(
        dataset,
        REFERENCE_TEST_EXAMPLES,
        (examples) => asPlannedOn(examples, rate),
        (trained, held) => outcomeOn(network, held)(trained).accuracy,
      )
      : undefined;
    labelFindings.push({ ...one, ...(gain && { gain }) });
  }
  const ofOtherPixels = async () => {
    if (network.convention?.pixels === undefined) return [];
    const scaled = await asPlannedOn(dataset.count, rate);
    const same = { ...settings, steps: scaled.steps, forNs: REFERENCE_TRAINING_NS };
    const tested = firstExamples(test, REFERENCE_TEST_EXAMPLES);
    return await rateForOtherPixels(
      problem,
      tested,
      rate,
      asPlanned,
      scaled,
      (kernel, usual) => trainSteps(kernel, usual, initial, same, clock),
    );
  };
  const causes: Finding[] = [
    ...labelFindings,
    ...constantInputs(dataset, isNumberless),
    ...findings.explodingLoss(before, own),
    ...findings.equalUnits(problem, initial, own),
    ...await ofOtherPixels(),
    ...findings.wrongRate(range, asPlanned.rate, estimated(start), {
      rate,
      planned,
      ignorant: Math.min(before.loss, ignorant),
    }),
  ];
  let reachable = { ...asPlanned, batchSize: maxBatchSize };
  if (maxBatchSize > findings.SMALL_BATCH) {
    const inSmall = await wellTrained(await rangeOf(findings.SMALL_BATCH), findings.SMALL_BATCH);
    const plan = { planned, batchSize: maxBatchSize, epochs };
    causes.push(...findings.fewUpdates(plan, asPlanned, inSmall));
    if (inSmall.accuracy > asPlanned.accuracy) {
      reachable = { ...inSmall, batchSize: findings.SMALL_BATCH };
    }
  }
  for (const one of findings.unitFindings(problem, initial, own, seed)) {
    const isOfRate = one.id === "dead-units" && !findings.areBornDead(one);
    const gain = isOfRate
      ? await gainOfSmallerRate(rate, asPlanned.rate, (one) => asPlannedOn(dataset.count, one))
      : await gainOfScaling(reachable, async (rate) => {
        const { batchSize, steps } = reachable;
        const given = { ...settings, batchSize, rate, steps, forNs: 2 * REFERENCE_TRAINING_NS };
        return await trainReference(given, initialParameters(network, "scaled-normal", seed));
      });
    causes.push({ ...one, ...(gain && { gain }) });
  }
  const effects = [
    // At too small a rate, the number of updates that a slow program makes in its time would decide.
    ...(causes.some(({ id }) => id === "rate-too-small")
      ? []
      : findings.flatLoss(before, own, planned)),
    ...findings.accuracyAtChance(own, planned, test),
  ];
  // A slow program may just not be far enough: then a verified one is no better after as many updates.
  if (effects.length > 0 && causes.length === 0 && own.steps < planned) {
    const given = { ...settings, steps: own.steps, forNs: REFERENCE_TRAINING_NS };
    const same = measured(await trainSteps(reference, network, initial, given, clock));
    if (findings.accuracyAtChance(same, planned, test).length > 0) effects.length = 0;
  }
  const gain = training.isWrong ? await gainOfRight() : undefined;
  const { accuracy, rate: bestRate, batchSize, steps } = reachable;
  return {
    findings: [...(changed ? [changed] : []), ...causes, ...effects],
    reachable: {
      accuracy,
      rate: bestRate,
      batchSize,
      updates: steps,
      epochs: steps * batchSize / dataset.count,
    },
    ...(gain && { gain }),
  };
}

function outcomeOn(
  network: Network,
  test: Dataset,
): (trained: TrainedParameters) => findings.Outcome {
  const evaluate = createEvaluator(network, test);
  return (trained) => {
    const { accuracy, loss, isCorrect } = evaluate(trained.parameters);
    const onlyRight = onlyClass(test, isCorrect);
    return { ...trained, accuracy, loss, ...(onlyRight !== undefined && { onlyRight }) };
  };
}

/** The class whose examples are right, each of them and no others: the answer is always the same. */
function onlyClass({ labels }: Dataset, isCorrect: Uint8Array): number | undefined {
  const first = isCorrect.indexOf(1);
  return first >= 0 &&
      labels.every((label, n) => (label === labels[first]) === (isCorrect[n] === 1))
    ? labels[first]
    : undefined;
}
