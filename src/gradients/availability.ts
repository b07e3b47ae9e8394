import { messageOf } from "../base/errors.ts";
import type { Availability, GradientImplementation } from "./contract.ts";

/** Asks the implementation whether it can run in this process. A probe that throws is an answer too: no. */
export async function availabilityOf(
  implementation: GradientImplementation,
): Promise<Availability> {
  try {
    return await implementation.probe?.() ?? { available: true };
  } catch (error) {
    return { available: false, reason: `its probe failed: ${messageOf(error)}` };
  }
}
