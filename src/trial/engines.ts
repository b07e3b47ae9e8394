import type { Clock } from "../base/clock.ts";
import type { RunRequest } from "../format/request.ts";

export type Sampling = NonNullable<RunRequest["sampling"]>;

/** What an engine times: `prepare` runs before each sample with the clock stopped. */
export interface Timed {
  /** "async": `run` returns a promise, which is awaited within the sample. */
  readonly mode: "sync" | "async";
  prepare(): void | Promise<void>;
  run(): unknown;
}

/** Times `run` until the budget is spent. Returns nanoseconds, in their order if the engine keeps it. */
export type TimingEngine = (
  timed: Timed,
  sampling: Sampling,
  clock: Clock,
) => Promise<number[]>;

export const TIMING_ENGINES: Record<Sampling["engine"], TimingEngine> = {
  ordered: orderedSamples,
  mitata: mitataSamples,
  tinybench: tinybenchSamples,
};

/** More samples than this make no estimate better and the journal megabytes larger. */
const MAX_SAMPLES = 20_000;

/** Slope's own: all raw samples in the order taken, without a warm-up call. */
async function orderedSamples(
  timed: Timed,
  sampling: Sampling,
  clock: Clock,
): Promise<number[]> {
  const samples: number[] = [];
  const start = clock();
  // Stops before a sample that would not fit: epochs of seconds must not double the budget of a trial.
  const nextFits = () => {
    const elapsed = clock() - start;
    return elapsed + elapsed / samples.length <= sampling.budgetNs && samples.length < MAX_SAMPLES;
  };
  while (samples.length < sampling.minSamples || nextFits()) {
    await timed.prepare();
    const before = clock();
    const result = timed.run();
    // Awaiting a number would add a turn of the microtask queue.
    if (result instanceof Promise) await result;
    samples.push(clock() - before);
  }
  return samples;
}

/** mitata's loop, which sorts its samples and drops two at each end if there are more than 12. */
async function mitataSamples(timed: Timed, sampling: Sampling): Promise<number[]> {
  const { measure } = await import("mitata");
  const options = {
    min_cpu_time: sampling.budgetNs,
    min_samples: sampling.minSamples,
    max_samples: MAX_SAMPLES,
    batch_threshold: 0, // one call per sample, because `prepare` must run before each
    gc: false,
    params: { 0: () => timed.prepare() }, // called before each sample, outside its clock
  };
  const stats = await measure(() => timed.run(), options);
  return [...stats.samples];
}

/** tinybench's loop, without its warm-up. It sorts its samples. */
async function tinybenchSamples(timed: Timed, sampling: Sampling): Promise<number[]> {
  const { Bench } = await import("tinybench");
  const bench = new Bench({
    time: sampling.budgetNs / 1e6,
    iterations: sampling.minSamples,
    warmup: false,
    retainSamples: true,
    throws: true,
  });
  bench.add("epoch", () => timed.run(), {
    beforeEach: () => timed.prepare(),
    async: timed.mode === "async", // otherwise tinybench finds out by an extra call
  });
  const [task] = await bench.run();
  const { result } = task;
  if (result.state !== "completed" || result.latency.samples === undefined) {
    throw new Error(`Cannot take samples with tinybench: the task ended as "${result.state}"`);
  }
  return result.latency.samples.map((ms) => ms * 1e6);
}
