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
  const isRemote = kernel.mode === "async" && kernel.epochs !== undefined;
  const startNs = clock();
  let steps = 0;
  while (steps < settings.steps && (steps === 0 || clock() - startNs <= settings.forNs)) {
    const step = steps % runner.steps;
    if (step === 0) await runner.shuffle(1 + steps / runner.steps);
    // A program in another process gets ever more steps at once, so that the messages cost nothing.
    const end = isRemote
      ? Math.min(step + Math.max(1, steps), runner.steps, step + settings.steps - steps)
      : step + 1;
    await runner.stretch(step, end);
    steps += end - step;
  }
  if (kernel.mode === "async") await kernel.pull?.();
  return { steps, parameters: readParameters(kernel.parameters, kernel.layout, network) };
}
