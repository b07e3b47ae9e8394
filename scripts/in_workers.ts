import { Worker } from "node:worker_threads";
import { availableParallelism } from "node:os";

/** An exported function of a module, and what it is called with: anything that can be copied. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/**
 * Calls functions of `module` in as many workers as there are cores, and gives their results in the order of `calls`.
 * Each call brings its own seed, so that the number of workers changes no result. Passes on what a call throws.
 */
export async function inWorkers(
  module: URL,
  calls: readonly Call[],
  workers = availableParallelism(),
): Promise<unknown[]> {
  const results: unknown[] = new Array(calls.length);
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./call_worker.ts", import.meta.url));
    try {
      while (next < calls.length) {
        const index = next++;
        results[index] = await answerOf(worker, { module: module.href, ...calls[index] });
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, calls.length) }, work));
  return results;
}

function answerOf(worker: Worker, call: Call & { readonly module: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners("message").removeAllListeners("error");
    worker.once("message", resolve).once("error", reject);
    worker.postMessage(call);
  });
}
