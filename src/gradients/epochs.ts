import type { Clock } from "../base/clock.ts";
import type { AsyncKernel, Kernel, RemotePhases, SyncKernel } from "./contract.ts";
import { epochOrder, minibatches } from "../model/order.ts";
import { descend } from "../model/sgd.ts";

/**
 * Runs epochs of one kernel. Order and minibatch views are prepared before the clock starts, so neither
 * the shuffle nor the views are measured.
 */
export interface EpochRunner {
  /** Puts the examples in the order of epoch `epoch` (1 = the first). A promise, if a program must be told. */
  shuffle(epoch: number): Promise<void> | undefined;
  /** One pass over the minibatches. Returns the mean loss over examples, each before its update. */
  readonly epoch: () => number | Promise<number>;
  /** Runs the epoch so many times. */
  readonly repeated: (times: number) => () => unknown;
  /** Which loop runs: that of a sync or of an async kernel. */
  readonly mode: "sync" | "async";
  /** Minibatches of an epoch. */
  readonly steps: number;
  /** Runs steps `from` to `to` − 1 in the same loop as a whole epoch; returns their mean loss. */
  readonly stretch: (from: number, to: number) => number | Promise<number>;
  /** The same with the time of each phase. Absent where the program marks none. */
  readonly phased?: (from: number, to: number) => Promise<RemotePhases>;
  /** The minibatches of these steps: views of the order, which `shuffle` writes. */
  batchesOf(from: number, to: number): readonly Uint32Array[];
  /** The rows of one step, derived again from the seed: the kernel cannot have changed them. */
  rowsOf(step: number): Uint32Array;
  /** Whether the rows of the whole epoch are as `shuffle` laid them out. */
  isIntact(): boolean;
}

export function createEpochRunner(
  kernel: Kernel,
  options: { examples: number; batchSize: number; rate: number; seed: number },
): EpochRunner {
  const { examples, batchSize, rate, seed } = options;
  /** (examples) row indices; written by shuffle, read through the views. */
  const order = new Uint32Array(examples);
  const batches = minibatches(order, batchSize);
  let epochNow = 1;
  const untouched = () => epochOrder(examples, seed, epochNow);
  const remote = kernel.mode === "async" ? kernel.epochs : undefined;
  const epoch = remote !== undefined
    ? () => remote.run(0, batches.length, rate, 1)
    : kernel.mode === "sync"
    ? () => syncSteps(kernel, batches, rate) / examples
    : async () => await asyncSteps(kernel, batches, rate) / examples;
  return {
    mode: kernel.mode,
    steps: batches.length,
    shuffle(epoch) {
      epochNow = epoch;
      order.set(untouched());
      return remote?.arrange(order, batchSize);
    },
    batchesOf: (from, to) => batches.slice(from, to),
    rowsOf: (step) => untouched().subarray(step * batchSize, (step + 1) * batchSize),
    isIntact() {
      const rows = untouched();
      return order.every((row, n) => row === rows[n]);
    },
    stretch(from, to) {
      if (remote !== undefined) return from < to ? remote.run(from, to, rate, 1) : NaN;
      const some = batches.slice(from, to);
      const rows = Math.min(to * batchSize, examples) - from * batchSize;
      return kernel.mode === "sync"
        ? syncSteps(kernel, some, rate) / rows
        : asyncSteps(kernel, some, rate).then((loss) => loss / rows);
    },
    ...(remote?.phased && { phased: (from, to) => remote.phased!(from, to, rate) }),
    epoch,
    repeated(times) {
      if (remote !== undefined) return () => remote.run(0, batches.length, rate, times);
      if (kernel.mode === "sync") {
        return () => {
          let loss: unknown;
          for (let i = 0; i < times; i++) loss = epoch();
          return loss;
        };
      }
      return async () => {
        for (let i = 0; i < times; i++) await epoch();
      };
    },
  };
}

/** Returns Σ loss · examples over these steps. */
function syncSteps(kernel: SyncKernel, batches: readonly Uint32Array[], rate: number): number {
  let total = 0;
  if (kernel.step) {
    for (const batch of batches) total += kernel.step(batch, rate) * batch.length;
  } else if (kernel.descend) {
    for (const batch of batches) {
      total += kernel.lossAndGradient(batch) * batch.length;
      kernel.descend(rate);
    }
  } else {
    const { parameters, gradient } = kernel;
    for (const batch of batches) {
      total += kernel.lossAndGradient(batch) * batch.length;
      descend(parameters, gradient, rate);
    }
  }
  return total;
}

async function asyncSteps(
  kernel: AsyncKernel,
  batches: readonly Uint32Array[],
  rate: number,
): Promise<number> {
  let total = 0;
  for (const batch of batches) {
    total += await kernel.lossAndGradient(batch) * batch.length;
    if (kernel.descend) {
      await kernel.descend(rate);
    } else {
      // Without a `descend` of its own, the kernel is updated here, on the host's copy.
      await kernel.pull?.();
      descend(kernel.parameters, kernel.gradient, rate);
      await kernel.push?.();
    }
  }
  return total;
}

/**
 * Nanoseconds per example, predicted by running minibatches for about `forNs`. Only the last third
 * counts, so that compilation does not.
 */
export async function measurePace(
  kernel: Kernel,
  options: { examples: number; batchSize: number; rate: number; seed: number; forNs: number },
  clock: Clock,
): Promise<number> {
  const order = epochOrder(options.examples, options.seed, 1);
  const batches = minibatches(order, options.batchSize);
  const marks: { at: number; examples: number }[] = [];
  const start = clock();
  let done = 0;
  if (kernel.mode === "async" && kernel.epochs) {
    await kernel.epochs.arrange(order, options.batchSize);
    // Ever more steps at once, so that the messages cost nothing.
    for (
      let first = 0, count = 1;
      marks.length < 2 || clock() - start < options.forNs;
      count *= 2
    ) {
      if (first >= batches.length) first = 0;
      const end = Math.min(first + count, batches.length);
      await kernel.epochs.run(first, end, options.rate, 1);
      for (; first < end; first++) done += batches[first].length;
      marks.push({ at: clock(), examples: done });
    }
    return paceOf(marks, start);
  }
  for (let step = 0; marks.length < 2 || clock() - start < options.forNs; step++) {
    const batch = batches[step % batches.length];
    if (kernel.mode === "sync") syncSteps(kernel, [batch], options.rate);
    else await asyncSteps(kernel, [batch], options.rate);
    done += batch.length;
    marks.push({ at: clock(), examples: done });
  }
  return paceOf(marks, start);
}

function paceOf(marks: readonly { at: number; examples: number }[], start: number): number {
  const last = marks[marks.length - 1];
  const lateAt = start + (last.at - start) * 2 / 3;
  const late = marks.findLast((mark) => mark.at <= lateAt) ?? marks[0];
  return (last.at - late.at) / (last.examples - late.examples);
}
