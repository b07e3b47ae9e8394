import type { Dataset } from "../../data/dataset.ts";
import type { FixedFinding } from "../../format/finding.ts";
import type { Kernel, Problem } from "../../gradients/contract.ts";
import { pixelTable } from "../../model/convention.ts";
import { createEvaluator } from "../../model/evaluate.ts";
import type { Network } from "../../model/network.ts";
import { wilsonInterval } from "../../stats/statistics.ts";
import type { TrainedParameters } from "./train_steps.ts";
import type { BestTraining, Outcome } from "./training_findings.ts";
import { verifiedImplementation } from "./verified_implementation.ts";

/** Accuracy that declared pixels must lose for a finding; both are single trainings. */
const LEAST_FALL = 0.1;

type Train = (kernel: Kernel, network: Network) => Promise<TrainedParameters>;

/**
 * Declared pixels with which the plan's rate and start surely do worse than with pixels from 0 to 1, after as many updates.
 * `scaled` is the training with the declared ones, tested on `test`; `best` that at the best rate.
 */
export async function rateForOtherPixels(
  problem: Problem,
  test: Dataset,
  rate: number,
  best: BestTraining,
  scaled: Outcome,
  train: Train,
): Promise<FixedFinding[]> {
  const { convention, ...plain } = problem.network;
  if (convention?.pixels === undefined) return [];
  const { pixels, ...others } = convention;
  const network = Object.keys(others).length > 0 ? { ...plain, convention: others } : plain;
  const implementation = await verifiedImplementation(network);
  const kernel = await implementation.open({ ...problem, network });
  try {
    const usual = await train(kernel, network);
    if (usual.steps !== scaled.steps) return [];
    const { accuracy } = createEvaluator(network, test)(usual.parameters);
    const [least] = wilsonInterval(accuracy, test.count);
    const [, most] = wilsonInterval(scaled.accuracy, test.count);
    if (accuracy - scaled.accuracy < LEAST_FALL || least <= most) return [];
    const values = pixelTable(problem.network);
    return [{
      id: "rate-for-other-pixels",
      layers: [],
      pixels,
      least: Math.min(...values),
      most: Math.max(...values),
      rate,
      bestRate: best.rate,
      bestAccuracy: best.accuracy,
      gain: { updates: usual.steps, before: scaled.accuracy, after: accuracy },
    }];
  } finally {
    await kernel[Symbol.asyncDispose]();
  }
}
