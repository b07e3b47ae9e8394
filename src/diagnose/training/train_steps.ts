import type { Clock } from "../../base/clock.ts";
import type { Kernel } from "../../gradients/contract.ts";
import { readParameters, writeParameters } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";
import { createEpochRunner } from "../../gradients/epochs.ts";

export interface TrainingSteps {
  readonly examples: number;
  readonly batchSize: number;
  readonly rate: number;
  readonly seed: number;
  /** Training stops after so many steps … */
  readonly steps: number;
  /** … or after this time. */
  readonly forNs: number;
}

export interface TrainedParameters {
  readonly steps: number;
  /** Canonical order. */
  readonly parameters: Float64Array;
}

/** Trains a kernel from `start` (canonical order). */
export async function trainSteps(
  kernel: Kernel,
  network: Network,
  start: Float64Array,
  settings: TrainingSteps,
  clock: Clock,
): Promise<TrainedParameters> {
  writeParameters(start, network, kernel.layout, kernel.parameters);
  if (kernel.mode === "async") await kernel.push?.();
  const runner = createEpochRunner(kernel, settings);
  const startNs = clock();
  let steps = 0;
  for (let epoch = 1; steps < settings.steps; epoch++) {
    runner.shuffle(epoch);
    for (let step = 0; step < runner.steps && steps < settings.steps; step++) {
      await runner.stretch(step, step + 1);
      steps++;
      if (clock() - startNs > settings.forNs) return await trained();
    }
  }
  return await trained();

  async function trained(): Promise<TrainedParameters> {
    if (kernel.mode === "async") await kernel.pull?.();
    return { steps, parameters: readParameters(kernel.parameters, kernel.layout, network) };
  }
}
