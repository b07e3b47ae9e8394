import { Worker } from "node:worker_threads";
import { moduleUrl } from "../../base/own_files.ts";
import { announce, type Control, JOBS, waitWhile } from "./control.ts";
import type { WorkerStart } from "./team_worker.ts";

/** The ready workers of a kernel. */
interface Team {
  /** Starts a job; shares and factor must be written before. */
  begin(kind: keyof typeof JOBS): void;
  /** Waits until all workers are done. Throws Error if one failed. */
  finish(): void;
  /** Ends the workers. */
  stop(): Promise<void>;
}

const PROGRAM = moduleUrl("./team_worker.ts", import.meta.url);
/** Generous: starting a worker takes some tens of milliseconds. */
const START_MS = 20_000;

/** Starts the workers and waits until each has compiled its module. Throws Error if one does not. */
export async function startTeam(control: Control, starts: readonly WorkerStart[]): Promise<Team> {
  const { words } = control;
  const places = starts.map(({ worker }) => control.done(worker));
  places.forEach((place) => Atomics.store(words, place, -1));
  const failures: unknown[] = [];
  const workers = starts.map((start) => {
    const worker = new Worker(PROGRAM, { workerData: start });
    worker.on("error", (error) => failures.push(error));
    worker.unref();
    return worker;
  });
  const stop = async () => {
    Atomics.store(words, control.kind, JOBS.exit);
    announce(control, control.job, Atomics.load(words, control.job) + 1);
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  const hasFailed = () => failures.length > 0 || Atomics.load(words, control.failed) !== 0;

  const deadline = Date.now() + START_MS;
  while (places.some((place) => Atomics.load(words, place) === -1)) {
    if (hasFailed() || Date.now() > deadline) {
      await stop();
      throw new Error(
        `Cannot start the threads: ${failures[0] ?? `not ready within ${START_MS / 1000} s`}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  let job = 0;
  return {
    begin(kind) {
      job = (job + 1) & 0x3fffffff;
      Atomics.store(words, control.kind, JOBS[kind]);
      announce(control, control.job, job);
    },
    finish() {
      for (const place of places) {
        for (let last = Atomics.load(words, place); last !== job;) {
          last = waitWhile(control, place, last, hasFailed);
          if (hasFailed()) {
            throw new Error("Cannot compute: a thread failed; standard error says why");
          }
        }
      }
    },
    stop,
  };
}
