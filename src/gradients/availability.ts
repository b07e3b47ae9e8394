import { messageOf } from "../base/errors.ts";
import type { Availability, GradientImplementation, Need } from "./contract.ts";

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

/**
 * Whether it is timed for any of these networks where nobody names it; undefined: the usual one, which is narrow. An MPI job is
 * timed where numbers of ranks are given.
 */
export const isTimedUnnamed = (
  { timedFromWidth, needs = [] }: {
    readonly timedFromWidth?: number | undefined;
    readonly needs?: readonly Need[];
  },
  networks: readonly (readonly number[])[] = [],
  hasRanks = false,
): boolean =>
  (hasRanks || !needs.includes("ranks")) &&
  (timedFromWidth === undefined ||
    networks.some((layerSizes) => Math.max(...layerSizes.slice(1, -1)) >= timedFromWidth));
