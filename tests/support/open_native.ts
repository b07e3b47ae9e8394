/** Opens native_sparse with two threads and prints, as JSON, its loss, or why it cannot be opened. */
import { availabilityOf } from "../../src/gradients/availability.ts";
import type { SyncKernel } from "../../src/gradients/contract.ts";
import { nativeSparse } from "../../src/gradients/native/native_sparse.ts";
import { networkOf, problemOf } from "./problems.ts";

const problem = { ...problemOf(networkOf([16, 4]), 60, 60), threads: 2 };
const availability = await availabilityOf(nativeSparse);
let told: Record<string, unknown> = { ...availability };
if (availability.available) {
  try {
    const kernel = await nativeSparse.open(problem) as SyncKernel;
    told = { loss: kernel.lossAndGradient(Uint32Array.from({ length: 60 }, (_, n) => n)) };
    await kernel[Symbol.asyncDispose]();
  } catch (error) {
    told = { error: (error as Error).message };
  }
}
console.log(JSON.stringify(told));
