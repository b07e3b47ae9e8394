import { messageOf } from "../base/errors.ts";
import type { Availability, GradientImplementation } from "./contract.ts";

/** A driver may never answer. The process that asks waits up to 20 s (src/sweep/). */
const PATIENCE_MS = 10_000;

/** Asks the implementation whether it can run in this process. A probe that throws or hangs means no. */
export async function availabilityOf(
  implementation: GradientImplementation,
): Promise<Availability> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Availability>((resolve) => {
    const reason = `its probe took more than ${PATIENCE_MS / 1000} s`;
    timer = setTimeout(() => resolve({ available: false, reason }), PATIENCE_MS);
  });
  try {
    const answer: Availability | Promise<Availability> = implementation.probe?.() ??
      { available: true };
    return await Promise.race([answer, late]);
  } catch (error) {
    return { available: false, reason: `its probe failed: ${messageOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether it is timed for any of these networks where nobody names it; undefined: the usual one, which is narrow. */
export const isTimedUnnamed = (
  { timedFromWidth }: { readonly timedFromWidth?: number | undefined },
  networks: readonly (readonly number[])[] = [],
): boolean =>
  timedFromWidth === undefined ||
  networks.some((layerSizes) => Math.max(...layerSizes.slice(1, -1)) >= timedFromWidth);
