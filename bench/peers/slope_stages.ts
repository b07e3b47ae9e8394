/** The measuring stages of a JavaScript peer: pace, training and sampling, as docs/PROTOCOL.md has them. */
import { readFileSync } from "node:fs";
import { monotonicNs } from "../../src/base/clock.ts";
import { messageOf } from "../../src/base/errors.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { createEvaluator } from "../../src/model/evaluate.ts";
import { minibatches } from "../../src/model/order.ts";
import { TIMING_ENGINES } from "../../src/trial/engines.ts";
import { startMeters } from "../../src/trial/meters.ts";
import type { PeerRequest } from "../../src/trial/verify_peer.ts";
import type { Message, RunRequest } from "../../src/format/protocol.ts";

/** A library set up for one problem. Canonical order: see canonicalLayout in src/model/layout.ts. */
export interface PeerKernel {
  /** Threads that it really uses. */
  readonly threadsUsed: number;
  /** Takes over parameters, canonical order. */
  load(canonical: Float64Array): void;
  /** The parameters, canonical order; `load` of them changes nothing. */
  dump(): Promise<Float64Array>;
  /** Mean loss over these rows and its gradient in canonical order. */
  lossAndGradient(rows: Uint32Array): { loss: number; gradient: Float64Array };
  /** One step of gradient descent; the mean loss over these rows before the update. */
  step(rows: Uint32Array): number | Promise<number>;
}

/** A failure and the stage of the trial in which it came. */
export class StageError extends Error {
  readonly stage: string;
  constructor(stage: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

/** Runs a stage of the trial; throws StageError. */
export async function stage<T>(
  name: string,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StageError(name, error);
  }
}

type Batches = readonly Uint32Array[];

/** Pace, training and sampling, each if it is asked for. Every result is sent as soon as it is there. */
export async function measure(
  kernel: PeerKernel,
  request: PeerRequest,
  test: Dataset,
  send: (message: Message) => void,
): Promise<void> {
  const { cell, pace, training, sampling } = request;
  const initial = readNumbers(request.peer.initial);
  const batchesOf = epochBatches(request);
  kernel.load(initial);
  if (pace) {
    const nsPerExample = await stage(
      "pace",
      () => timeSteps(kernel, batchesOf(1), pace.forNs),
    );
    send({ type: "pace", nsPerExample });
    kernel.load(initial);
  }

  const epochs = training?.epochs ?? 0;
  let lastEpochNs: number | undefined;
  const evaluate = createEvaluator(cell, test);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const batches = batchesOf(epoch);
    await stage("train", async () => {
      const start = monotonicNs();
      const loss = await runEpoch(kernel, batches);
      const trainNs = lastEpochNs = monotonicNs() - start;
      const evaluateStart = monotonicNs();
      const { accuracy } = evaluate(await kernel.dump());
      send({
        type: "epoch",
        epoch,
        ...(Number.isFinite(loss) && { loss }),
        testAccuracy: accuracy,
        trainNs,
        evaluateNs: monotonicNs() - evaluateStart,
      });
      await breathe();
    });
  }
  if (sampling) {
    send(
      await stage(
        "sample",
        () => sample(kernel, batchesOf, epochs, lastEpochNs, sampling),
      ),
    );
  }
}

/** Raw float64, little-endian like every processor that these runtimes have. */
export const readNumbers = (path: string): Float64Array =>
  new Float64Array(Uint8Array.from(readFileSync(path)).buffer);

/** The minibatches of an epoch (1 = the first), from the parent's file; after its last order comes the first. */
function epochBatches({ cell, peer }: PeerRequest): (epoch: number) => Batches {
  const orders = new Uint32Array(
    Uint8Array.from(readFileSync(peer.orders)).buffer,
  );
  return (epoch) => {
    const start = ((epoch - 1) % peer.orderCount) * cell.examples;
    return minibatches(
      orders.subarray(start, start + cell.examples),
      cell.batchSize,
    );
  };
}

/** All steps of an epoch. Returns the mean loss over the examples, each before its update. */
async function runEpoch(kernel: PeerKernel, batches: Batches): Promise<number> {
  let total = 0;
  let examples = 0;
  for (const batch of batches) {
    const loss = kernel.step(batch);
    // Only a promise is awaited: an await of a number would add a turn of the microtask queue.
    total += (typeof loss === "number" ? loss : await loss) * batch.length;
    examples += batch.length;
  }
  return total / examples;
}

/** Nanoseconds per example, from the last third of about `forNs` of single steps. */
async function timeSteps(
  kernel: PeerKernel,
  batches: Batches,
  forNs: number,
): Promise<number> {
  const marks: { at: number; examples: number }[] = [];
  const start = monotonicNs();
  let done = 0;
  for (
    let step = 0;
    marks.length < 2 || monotonicNs() - start < forNs;
    step++
  ) {
    const batch = batches[step % batches.length];
    await kernel.step(batch);
    done += batch.length;
    marks.push({ at: monotonicNs(), examples: done });
  }
  const last = marks[marks.length - 1];
  const lateAt = start + (last.at - start) * 2 / 3;
  const late = marks.findLast((mark) => mark.at <= lateAt) ?? marks[0];
  return (last.at - late.at) / (last.examples - late.examples);
}

/** Times epochs, each from the trained point: parameters are put back before every sample, off the clock. */
async function sample(
  kernel: PeerKernel,
  batchesOf: (epoch: number) => Batches,
  epochs: number,
  lastEpochNs: number | undefined,
  sampling: NonNullable<RunRequest["sampling"]>,
): Promise<Message> {
  const trained = await kernel.dump();
  let epoch = epochs;
  let batches: Batches = [];
  const prepare = async () => {
    kernel.load(trained);
    batches = batchesOf(++epoch);
    await breathe();
  };
  if (lastEpochNs === undefined) {
    await prepare();
    const start = monotonicNs();
    await runEpoch(kernel, batches);
    lastEpochNs = monotonicNs() - start;
  }
  const epochsPerSample = Math.max(
    1,
    Math.ceil(sampling.minSampleNs / Math.max(1, lastEpochNs)),
  );
  const run = async () => {
    for (let i = 0; i < epochsPerSample; i++) await runEpoch(kernel, batches);
  };
  const meters = await startMeters(undefined, monotonicNs);
  const samplesNs = await TIMING_ENGINES.ordered(
    { mode: "async", prepare, run },
    sampling,
    monotonicNs,
  );
  return {
    type: "samples",
    engine: "ordered",
    epochsPerSample,
    samplesNs,
    ...await meters.stop(),
  };
}

/** Lets the event loop turn, so that messages leave and the end of the parent is noticed. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
