import process from "node:process";
import type { Clock } from "../base/clock.ts";
import { timestamp } from "../base/clock.ts";
import type { CurrentRuntime } from "../base/runtime.ts";
import type { ArithmeticCeiling, Ceilings, ReadCeiling, Unmeasured } from "../format/ceilings.ts";
import type { CeilingsRequest } from "../format/request.ts";
import { bestRate } from "./best_rate.ts";
import { blasCeilings } from "./blas_ceilings.ts";
import { nativeCeilings } from "./native_ceilings.ts";
import { BUFFER_START, doJob, doJobsInThreads, type Job } from "./ceiling_jobs.ts";
import { instantiateLoops, loopModule, SCALAR_FLOP, scalarChains } from "./ceiling_loops.ts";

type CeilingOptions = Omit<CeilingsRequest, "type" | "protocol"> & { runtime: CurrentRuntime };

const SCALAR_LOOP = "12 independent chains of x · m + c in local variables";
const VECTOR_LOOPS = {
  multiplyAdd: "12 independent chains of f32x4.mul and f32x4.add",
  relaxedMultiplyAdd: "12 independent chains of f32x4.relaxed_madd",
} as const;
const READ_LOOP = "v128.load, 16 in a row, added up";

/**
 * Measures this machine's best rates in this runtime. Each loop gets an equal share of the budget; its best repeat of
 * about a millisecond counts.
 */
export async function measureCeilings(options: CeilingOptions, clock: Clock): Promise<Ceilings> {
  const { runtime, threads, buffersBytes } = options;
  const startedAt = timestamp();
  const start = clock();
  // Shares: scalar and two kinds of vectors, vectors on all cores, BLAS and reads on one core and on all. C has as much
  // for each of its loops, beyond the budget.
  const forNs = options.budgetNs / (3 + 1 + 2 + 2 * buffersBytes.length);
  const pages = 1 + Math.ceil(Math.max(...buffersBytes) / (64 * 1024));
  const module = loopModule(pages);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const loops = instantiateLoops(module, memory);
  loops.touch(BUFFER_START, memory.buffer.byteLength);

  await letCompile(() => bestRate(scalarChains, SCALAR_FLOP, forNs / WARM_UPS, clock));
  const arithmetic: ArithmeticCeiling[] = [{
    backEnd: "javascript",
    precision: "float64",
    threads: 1,
    flopPerSecond: bestRate(scalarChains, SCALAR_FLOP, forNs, clock, processCpuNs),
    loop: SCALAR_LOOP,
  }];
  const reads: ReadCeiling[] = [];
  const unmeasured: Unmeasured[] = [];
  const note = (job: Job, threads: number, rate: number): void => {
    if (job.kind === "read") {
      const { bytes: bufferBytes } = job;
      reads.push({ bufferBytes, threads, bytesPerSecond: rate, loop: READ_LOOP });
    } else {
      const vectors = { backEnd: "wasm", precision: "float32", threads } as const;
      arithmetic.push({ ...vectors, flopPerSecond: rate, loop: VECTOR_LOOPS[job.kind] });
    }
  };
  const doAlone = (job: Job): number => {
    const rate = doJob(job, loops, 0, 1, clock, processCpuNs);
    note(job, 1, rate);
    return rate;
  };
  let fastest: Job = { kind: "multiplyAdd", forNs };
  for (const kind of ["multiplyAdd", "relaxedMultiplyAdd"] as const) {
    if (loops[kind] === undefined) continue;
    const before = Math.max(...arithmetic.map(({ flopPerSecond }) => flopPerSecond));
    if (doAlone({ kind, forNs }) > before) fastest = { kind, forNs };
  }
  const readJobs = buffersBytes.map((bytes): Job => ({ kind: "read", bytes, forNs }));
  readJobs.forEach(doAlone);

  if (threads > 1) {
    const jobs = [fastest, ...readJobs];
    const result = await doJobsInThreads(jobs, threads, module, memory);
    if ("failed" in result) unmeasured.push({ what: "threads", message: result.failed });
    else result.rates.forEach((rate, j) => note(jobs[j], threads, rate));
  }
  const blas = await blasCeilings(threads, forNs, clock, processCpuNs);
  if ("unavailable" in blas) unmeasured.push({ what: "blas", message: blas.unavailable });
  else arithmetic.push(...blas);
  const native = await nativeCeilings(threads, buffersBytes, forNs);
  if ("unavailable" in native) unmeasured.push({ what: "native", message: native.unavailable });
  else {
    arithmetic.push(...native.arithmetic);
    reads.push(...native.reads);
  }
  return {
    runtime,
    startedAt,
    wallNs: clock() - start,
    arithmetic,
    reads,
    ...(unmeasured.length > 0 && { unmeasured }),
  };
}

const WARM_UPS = 4;
const PAUSE_MS = 30;

/**
 * Runs a loop several times with pauses. Engines compile in other threads, which on a busy machine get a CPU only
 * while this one is idle. Without it, a ceiling could be an interpreter's.
 */
async function letCompile(run: () => void): Promise<void> {
  for (let i = 0; i < WARM_UPS; i++) {
    run();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** CPU time of this process, for the running loop and its compilation. */
function processCpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
