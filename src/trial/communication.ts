import type { Kernel } from "../gradients/contract.ts";
import type { EpochRunner } from "../gradients/epochs.ts";

/** Time of the steps that show the share. */
const STRETCH_NS = 50e6;

/**
 * The share of the time of a step in which the processes of a kernel exchange data and wait for each other; undefined for a
 * kernel that has one process. Takes steps of about `stepNs` from where the kernel stands, off the clock.
 */
export async function communicationShare(
  kernel: Kernel,
  runner: EpochRunner,
  stepNs: number,
): Promise<number | undefined> {
  const communication = kernel.mode === "async" ? kernel.communication : undefined;
  if (communication === undefined || runner.phased === undefined) return undefined;
  const steps = Math.max(1, Math.min(runner.steps, Math.round(STRETCH_NS / Math.max(1, stepNs))));
  const { phases } = await runner.phased(0, steps);
  const total = Object.values(phases).reduce((sum, { ns }) => sum + ns, 0);
  return total > 0 ? (phases[communication]?.ns ?? 0) / total : undefined;
}
