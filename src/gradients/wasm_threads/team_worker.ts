/** The program of a worker: does its share of every job until told to exit. */
import { workerData } from "node:worker_threads";
import type { PartExports } from "./part_module.ts";
import { instantiate } from "../wasm/instance.ts";
import { announce, controlAt, JOBS, shareOf, waitWhile } from "./control.ts";

/** What a worker is started with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  /** The worker's own module: its gradient and rows have their own addresses. */
  readonly module: Uint8Array<ArrayBuffer>;
  /** 1 for the first worker. */
  readonly worker: number;
  readonly threads: number;
  /** Address of the control words. */
  readonly control: number;
  /** The part of the layout that this worker updates in `descend`. */
  readonly slice: { readonly start: number; readonly bytes: number };
}

const { memory, module, worker, threads, slice, ...start } = workerData as WorkerStart;
const control = controlAt(memory.buffer, start.control, threads);
const { words, factor } = control;
const done = control.done(worker);
const loss = control.loss(worker);

try {
  const { sumPixels, layersAbove, addPixels, update, deliver, descend } = instantiate<PartExports>(
    module,
    memory,
  );
  announce(control, done, 0);
  for (let job = 0;;) {
    job = waitWhile(control, control.job, job);
    const kind = Atomics.load(words, control.kind);
    if (kind === JOBS.exit) break;
    if (kind === JOBS.sumPixels) {
      sumPixels(words[control.examples]);
    } else if (kind === JOBS.layersAbove) {
      loss[0] = layersAbove(...shareOf(worker, threads, words[control.examples]), factor[0]);
    } else if (kind === JOBS.descend) {
      descend(slice.start, slice.bytes, factor[0]);
    } else {
      addPixels(words[control.examples]);
      if (kind === JOBS.update) update(factor[0]);
      else deliver();
    }
    announce(control, done, job);
  }
} catch (error) {
  console.error(error);
  Atomics.store(words, control.failed, worker);
}
