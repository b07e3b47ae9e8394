import type { ShortFormImplementation } from "../../src/gradients/contract.ts";
import { mistaken, type Switches } from "./mistaken.ts";

/** A right program that has these mistakes from call number `from` on, in each kernel. */
export const mistakenFrom = (from: number, switches: Switches): ShortFormImplementation => ({
  ...mistaken({}),
  async prepare(problem) {
    const right = await mistaken({}).prepare(problem);
    const wrong = await mistaken(switches).prepare(problem);
    let calls = 0;
    return (...given) => ++calls < from ? right(...given) : wrong(...given);
  },
});
