import { IMPLEMENTATIONS } from "../../src/gradients/all.ts";
import { availabilityOf } from "../../src/gradients/availability.ts";
import type { GradientImplementation } from "../../src/gradients/contract.ts";
import { skipFor } from "./skips.ts";

/** An implementation and, for `test`, why it cannot run here. */
interface Candidate {
  readonly implementation: GradientImplementation;
  readonly skip: string | false;
}

/** Every implementation. Prints which ones cannot be tested on this machine. */
export async function candidates(): Promise<Candidate[]> {
  return await Promise.all(IMPLEMENTATIONS.map(async (implementation) => {
    if (implementation.needs?.includes("ranks")) {
      const reason = "its process is started by mpiexec: tests/system/mpi_test.ts";
      console.error(`skipped: ${implementation.name}: ${reason}`);
      return { implementation, skip: reason };
    }
    const answer = await availabilityOf(implementation);
    if (answer.available) return { implementation, skip: false };
    return { implementation, skip: skipFor(`${implementation.name}: ${answer.reason}`) };
  }));
}
