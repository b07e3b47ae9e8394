import type { Kernel } from "../gradients/contract.ts";
import { same } from "./call_kernel.ts";

/** How long a kernel is watched that should have nothing left to do. */
const TURNS = 10;
const TURN_MS = 4;

/**
 * Whether something is written into the kernel's gradient, which held `gradient` when the kernel had answered,
 * while the event loop turns for a moment: by a microtask, a timer or another thread that nobody waited for.
 */
export async function writesLate(kernel: Kernel, gradient: ArrayLike<number>): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    if (kernel.mode === "async") await kernel.pull?.();
    if (!same(kernel.gradient, gradient)) return true;
  }
  return false;
}

/** What is said of a kernel that does. */
export const LATE =
  "it wrote its gradient after it had answered, so it leaves work behind that nobody awaits";
