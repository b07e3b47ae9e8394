import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { moduleUrl } from "../base/own_files.ts";
import { bestRate } from "./best_rate.ts";
import { type LoopExports, READ_STEP, VECTOR_FLOP } from "./ceiling_loops.ts";

/** A loop to repeat for some time, in one thread or in several at once. */
export type Job =
  | { readonly kind: "multiplyAdd" | "relaxedMultiplyAdd"; readonly forNs: number }
  | { readonly kind: "read"; readonly bytes: number; readonly forNs: number };

export interface ThreadWork {
  /** 0 to threads − 1. */
  readonly thread: number;
  readonly threads: number;
  readonly jobs: readonly Job[];
  readonly module: Uint8Array<ArrayBuffer>;
  readonly memory: WebAssembly.Memory;
  /** (jobs) how many threads are ready for a job. */
  readonly arrived: Int32Array;
  /** (jobs, threads) FLOP/s or bytes/s. */
  readonly rates: Float64Array;
}

/** Where buffers begin; the memory below receives the sums of the loops. */
export const BUFFER_START = 64 * 1024;

/** Does one thread's part of a job. Returns FLOP/s, or bytes/s for its share of the buffer. */
export function doJob(
  job: Job,
  loops: LoopExports,
  thread: number,
  threads: number,
  clock: Clock,
  spent: Clock = clock,
): number {
  if (job.kind !== "read") {
    const loop = loops[job.kind];
    if (loop === undefined) throw new Error(`Cannot run ${job.kind}: this engine has none`);
    return bestRate(loop, VECTOR_FLOP, job.forNs, clock, spent);
  }
  const bytes = Math.floor(job.bytes / threads / READ_STEP) * READ_STEP;
  const start = BUFFER_START + thread * bytes;
  const readAgain = (times: number) => {
    for (let i = 0; i < times; i++) loops.read(start, start + bytes);
  };
  return bestRate(readAgain, bytes, job.forNs, clock, spent);
}

/** Threads may take this much longer than their jobs before they are given up. */
const GRACE_MS = 5000;

/**
 * Does the jobs in `threads` threads at once. Returns the sum of the threads' best rates for each job, or why there
 * is none.
 */
export async function doJobsInThreads(
  jobs: readonly Job[],
  threads: number,
  module: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
  graceMs = GRACE_MS,
): Promise<{ rates: number[] } | { failed: string }> {
  const arrived = new Int32Array(new SharedArrayBuffer(4 * jobs.length));
  const rates = new Float64Array(new SharedArrayBuffer(8 * jobs.length * threads));
  const forMs = jobs.reduce((sum, { forNs }) => sum + forNs, 0) / 1e6;
  const mostMs = 4 * forMs + graceMs;
  const workers: Worker[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (let thread = 0; thread < threads; thread++) {
      const work: ThreadWork = { thread, threads, jobs, module, memory, arrived, rates };
      workers.push(new Worker(WORKER, { workerData: work }));
    }
    const late = new Promise<never>((_, reject) => {
      const state = `the threads did not finish within ${(mostMs / 1000).toFixed(1)} s`;
      timer = setTimeout(() => reject(new Error(state)), mostMs);
    });
    await Promise.race([late, Promise.all(workers.map(done))]);
  } catch (error) {
    return { failed: messageOf(error) };
  } finally {
    clearTimeout(timer);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return {
    rates: jobs.map((_, j) =>
      rates.subarray(j * threads, (j + 1) * threads).reduce((sum, rate) => sum + rate, 0)
    ),
  };
}

const WORKER = moduleUrl("./ceiling_worker.ts", import.meta.url);

const done = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
