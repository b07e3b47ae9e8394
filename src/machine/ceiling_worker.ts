/**
 * One of the threads that measure the ceilings of all cores. It starts each job when all threads are ready, so that
 * their loops run at the same time, and leaves its best rates in shared memory.
 */
import { parentPort, workerData } from "node:worker_threads";
import { monotonicNs } from "../base/clock.ts";
import { instantiateLoops } from "./ceiling_loops.ts";
import { doJob, type ThreadWork } from "./ceiling_jobs.ts";

const { thread, threads, module, memory, arrived, rates, jobs } = workerData as ThreadWork;
const loops = instantiateLoops(module, memory);
jobs.forEach((job, j) => {
  waitForAll(j);
  rates[j * threads + thread] = doJob(job, loops, thread, threads, monotonicNs);
});
parentPort?.postMessage("done");

function waitForAll(job: number): void {
  Atomics.add(arrived, job, 1);
  Atomics.notify(arrived, job);
  let count: number;
  while ((count = Atomics.load(arrived, job)) < threads) Atomics.wait(arrived, job, count);
}
