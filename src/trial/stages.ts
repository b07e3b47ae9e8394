import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { readPrepared } from "../data/prepared.ts";
import type { GradientImplementation, Kernel, Problem } from "../gradients/contract.ts";
import { createEvaluator } from "../model/evaluate.ts";
import { initialParameters } from "../model/initialise.ts";
import { readParameters, writeParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import type { Dataset } from "../data/dataset.ts";
import { TIMING_ENGINES } from "./engines.ts";
import { createEpochRunner, type EpochRunner, measurePace } from "./epochs.ts";
import { residentBytes, startMeters } from "./meters.ts";
import type { Message, RunRequest } from "./protocol.ts";
import { verify } from "./verify.ts";

/** A failure and the stage of the trial in which it came. */
export class StageError extends Error {
  readonly stage: string;
  constructor(stage: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

type Send = (message: Message) => void;

/**
 * One cell from its data to its last sample: open → verify → pace, train, sample as asked for. Every
 * result is sent as soon as it is there, so that a process that dies later loses nothing measured.
 * Throws StageError.
 */
export async function runStages(
  implementation: GradientImplementation,
  request: RunRequest,
  clock: Clock,
  send: Send,
): Promise<void> {
  const { cell } = request;
  const network: Network = cell;
  const loadStart = clock();
  const { subset, test } = await stage("load", () => readPrepared(request.data, cell.examples));
  const loadedRssBytes = residentBytes();
  const openStart = clock();
  const problem: Problem = {
    network,
    dataset: subset,
    maxBatchSize: cell.batchSize,
    threads: cell.threads,
  };
  const kernel = await stage("open", () => implementation.open(problem));
  send({
    type: "opened",
    loadNs: openStart - loadStart,
    openNs: clock() - openStart,
    ...(kernel.threadsUsed !== undefined && { threadsUsed: kernel.threadsUsed }),
    ...(kernel.device !== undefined && { device: kernel.device }),
  });
  const openedRssBytes = residentBytes();

  const initial = initialParameters(network, request.initialisation, cell.seed);
  const verifyStart = clock();
  const verification = await stage(
    "verify",
    () => verify(kernel, implementation.precision, problem, initial),
  );
  send({ type: "verified", verifyNs: clock() - verifyStart, verification });

  if (verification.verdict !== "wrong" || request.keepWrong) {
    const options = { ...cell, rate: request.rate };
    const restore = restorer(kernel, network);
    await restore(initial);
    const { pace, training, sampling } = request;
    if (pace) {
      const nsPerExample = await stage(
        "pace",
        () => measurePace(kernel, { ...options, ...pace }, clock),
      );
      send({ type: "pace", nsPerExample });
      await restore(initial);
    }
    const runner = createEpochRunner(kernel, options);
    let trained: Trained = { epochs: 0 };
    if (training) {
      trained = await stage(
        "train",
        () => train(kernel, runner, network, test, training.epochs, clock, send),
      );
    }
    if (sampling) {
      await stage("sample", () => sample(kernel, runner, trained, sampling, clock, send));
    }
  }
  await stage("close", () => kernel[Symbol.asyncDispose]());
  const dataBytes = [subset, test].reduce((sum, set) => sum + set.pixels.length + set.count, 0);
  send({ type: "done", memory: { loadedRssBytes, openedRssBytes, dataBytes } });
}

/** How far a kernel was trained, and what the last epoch took. */
interface Trained {
  readonly epochs: number;
  readonly lastEpochNs?: number;
}

/** Trains from the parameters that the kernel holds. Loss is that of the steps; accuracy is off the clock. */
async function train(
  kernel: Kernel,
  runner: EpochRunner,
  network: Network,
  test: Dataset,
  epochs: number,
  clock: Clock,
  send: Send,
): Promise<Trained> {
  const evaluate = createEvaluator(network, test);
  let lastEpochNs = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    runner.shuffle(epoch);
    const start = clock();
    const result = runner.epoch();
    const loss = result instanceof Promise ? await result : result;
    const trainNs = clock() - start;
    lastEpochNs = trainNs;
    const evaluateStart = clock();
    if (kernel.mode === "async") await kernel.pull?.();
    const { accuracy } = evaluate(readParameters(kernel.parameters, kernel.layout, network));
    send({
      type: "epoch",
      epoch,
      ...(Number.isFinite(loss) && { loss }),
      testAccuracy: accuracy,
      trainNs,
      evaluateNs: clock() - evaluateStart,
    });
    await breathe();
  }
  return { epochs, lastEpochNs };
}

/** Times epochs, each from the trained point: parameters are put back before every sample. */
async function sample(
  kernel: Kernel,
  runner: EpochRunner,
  trained: Trained,
  sampling: NonNullable<RunRequest["sampling"]>,
  clock: Clock,
  send: Send,
): Promise<void> {
  const trainedParameters = kernel.parameters.slice();
  let sampleNumber = 0;
  const prepare = async () => {
    kernel.parameters.set(trainedParameters);
    if (kernel.mode === "async") await kernel.push?.();
    runner.shuffle(trained.epochs + 1 + sampleNumber);
    sampleNumber++;
    await breathe();
  };
  const epochNs = trained.lastEpochNs ?? await timeOnce(prepare, runner, clock);
  const epochsPerSample = Math.max(1, Math.ceil(sampling.minSampleNs / Math.max(1, epochNs)));
  const run = epochsPerSample === 1 ? runner.epoch : repeated(runner, epochsPerSample);
  const meters = startMeters(clock);
  const timed = { mode: runner.mode, prepare, run };
  const samplesNs = await TIMING_ENGINES[sampling.engine](timed, sampling, clock);
  send({ type: "samples", engine: sampling.engine, epochsPerSample, samplesNs, ...meters.stop() });
}

async function timeOnce(
  prepare: () => Promise<void>,
  runner: EpochRunner,
  clock: Clock,
): Promise<number> {
  await prepare();
  const start = clock();
  await runner.epoch();
  return clock() - start;
}

function repeated(runner: EpochRunner, times: number): () => unknown {
  if (runner.mode === "sync") {
    return () => {
      let loss: unknown;
      for (let i = 0; i < times; i++) loss = runner.epoch();
      return loss;
    };
  }
  return async () => {
    for (let i = 0; i < times; i++) await runner.epoch();
  };
}

/** Puts canonical parameters into the kernel, and onto its device. */
function restorer(kernel: Kernel, network: Network): (canonical: Float64Array) => Promise<void> {
  return async (canonical) => {
    writeParameters(canonical, network, kernel.layout, kernel.parameters);
    if (kernel.mode === "async") await kernel.push?.();
  };
}

/** Lets the event loop turn, so that messages leave and the end of the parent is noticed. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function stage<T>(name: string, work: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StageError(name, error);
  }
}
