import type { Clock } from "../base/clock.ts";
import { readPrepared } from "../data/prepared.ts";
import type { Finding } from "../format/finding.ts";
import type { Message } from "../format/protocol.ts";
import type { DiagnoseRequest } from "../format/request.ts";
import type { GradientImplementation } from "../gradients/contract.ts";
import { initialParameters } from "../model/initialise.ts";
import { findImplementation } from "../trial/describe.ts";
import { examineGradient } from "./gradient/examine_gradient.ts";
import { examineOtherNetworks } from "./gradient/other_networks.ts";
import { examineTraining } from "./training/examine_training.ts";

/** Examines the gradient or the training, in the process of the implementation. */
export async function diagnose(
  request: DiagnoseRequest,
  clock: Clock,
  send: (message: Message) => void,
): Promise<Finding[]> {
  const { cell, data, initialisation, subject, epochs, isWrong = false } = request;
  const { seed, rate } = cell;
  const found = await findImplementation(cell.implementation, request);
  const implementation: GradientImplementation = {
    ...found,
    async open(problem) {
      const kernel = await found.open(problem);
      if (kernel.assumed) send({ type: "assumed", assumed: [...kernel.assumed] });
      return kernel;
    },
  };
  const { subset, test } = await readPrepared(data, cell.examples);
  const problem = {
    network: cell,
    dataset: subset,
    maxBatchSize: cell.batchSize,
    threads: cell.threads,
  };
  const initial = initialParameters(cell, initialisation, seed);
  if (subject === "other-networks") {
    return await examineOtherNetworks(implementation, problem, initialisation, seed);
  }
  if (subject === "gradient") return await examineGradient(implementation, problem, initial, seed);
  const training = { implementation, problem, test, initial, rate, epochs, seed, isWrong };
  const { findings, ...reached } = await examineTraining(training, clock);
  send({ type: "reached", ...reached });
  return findings;
}
