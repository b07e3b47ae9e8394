import type { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { packBits } from "../base/bits.ts";
import { known } from "../base/known.ts";
import { messageOf } from "../base/errors.ts";
import type { Fault, TrialFault } from "../format/fault.ts";
import { type Random, randomFrom } from "../base/random.ts";
import { readPrepared } from "../data/prepared.ts";
import {
  fusesSteps,
  type GradientImplementation,
  type Kernel,
  type Problem,
} from "../gradients/contract.ts";
import { createEvaluator } from "../model/evaluate.ts";
import { initialParameters } from "../model/initialise.ts";
import { readParameters, writeParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import type { Dataset } from "../data/dataset.ts";
import { createEpochRunner, measurePace } from "../gradients/epochs.ts";
import { ProgramError } from "./program/program_error.ts";
import { createAudit, isLong } from "../check/audit.ts";
import { noteData } from "../check/data_guard.ts";
import { peakRssOf, residentBytes } from "./meters.ts";
import type { Message } from "../format/protocol.ts";
import type { RunRequest } from "../format/request.ts";
import type { Rechecks } from "../format/trial_record.ts";
import { breathe, sample, type Timing, type Trained } from "./sample.ts";
import { firstLosses, nudged } from "./trajectory.ts";
import { verify } from "../check/verify_kernel.ts";
import { createYardstick } from "../machine/yardstick.ts";

/** A failure, and the stage of the trial in which it happened. */
export class StageError extends Error {
  readonly stage: string;
  /** Absent: the program threw an exception. */
  readonly fault: TrialFault | undefined;
  constructor(stage: string, cause: unknown, fault?: TrialFault) {
    super(messageOf(cause), { cause });
    this.stage = stage;
    this.fault = fault ?? (cause instanceof ProgramError ? cause.fault : undefined);
  }
}

type Send = (message: Message) => void;

/** Protects a trial from dishonest implementations; made before one is imported. */
export interface Guard {
  /** Seeds everything that an implementation must not foresee. */
  readonly seed: number;
  /** How the runtime's own functions were changed. */
  intrinsicsFault(): Fault | undefined;
}

/**
 * Runs one cell from its data to its last sample: open, verify, then pace, train and sample as asked for. Sends every
 * result at once, so that a process that dies later loses no measurement. Throws StageError.
 */
export async function runStages(
  implementation: GradientImplementation,
  request: RunRequest,
  clock: Clock,
  send: Send,
  { seed, intrinsicsFault }: Guard,
): Promise<void> {
  const { cell } = request;
  const network: Network = cell;
  refuse("import", intrinsicsFault());
  const loadStart = clock();
  const { subset, test } = await stage("load", () => readPrepared(request.data, cell.examples));
  const loadNs = clock() - loadStart;
  const dataFault = noteData(subset, randomFrom(seed, "data"));
  const foreignFault = (rows?: Uint32Array) => intrinsicsFault() ?? dataFault(rows);
  const yardstick = createYardstick(clock); // before the kernel, whose memory must not include it
  const loadedRssBytes = residentBytes();
  const openStart = clock();
  const problem: Problem = {
    network,
    dataset: subset,
    maxBatchSize: cell.batchSize,
    threads: cell.threads,
  };
  const kernel = await stage("open", () => implementation.open(problem));
  // A kernel of a large subset reads it while it is opened. Reading is not set-up.
  const readNs = subset.stored?.readNs ?? 0;
  const openNs = clock() - openStart - readNs;
  refuse("open", foreignFault());
  const { threadsUsed, device, compiled, assumed } = kernel;
  const returnsLoss = kernel.returnsLoss === false ? false as const : undefined;
  const told = known({
    threadsUsed,
    device,
    compiled,
    fused: fusesSteps(kernel) ? true as const : undefined,
    returnsLoss,
    assumed: assumed && [...assumed],
  });
  send({ type: "opened", loadNs: loadNs + readNs, openNs, ...told });
  const remote = kernel.mode === "async" ? kernel.process : undefined;
  const openedRssBytes = residentBytes();

  let rechecks: z.infer<typeof Rechecks> | undefined;
  const initial = initialParameters(network, request.initialisation, cell.seed);
  const verifyStart = clock();
  const verification = await stage(
    "verify",
    () => verify(kernel, implementation.precision, problem, initial, { seed }),
  );
  refuse("verify", intrinsicsFault());
  send({ type: "verified", verifyNs: clock() - verifyStart, verification });

  if (verification.verdict !== "wrong" || request.keepWrong) {
    const restore = restorer(kernel, network);
    await restore(initial);
    const { pace, training, sampling, trajectory } = request;
    if (pace) {
      const nsPerExample = await stage(
        "pace",
        () => measurePace(kernel, { ...cell, ...pace }, clock),
      );
      send({ type: "pace", nsPerExample });
      await restore(initial);
    }
    const runner = createEpochRunner(kernel, cell);
    // A gradient that is known to be wrong needs no audit.
    const audit = verification.verdict === "wrong" ? undefined : createAudit({
      kernel,
      precision: implementation.precision,
      problem,
      runner,
      rate: cell.rate,
      clock,
      random: randomFrom(seed, "re-checks"),
      foreignFault,
      async isRightAgain() {
        const again = await verify(kernel, implementation.precision, problem, initial, {
          seed: seed + 1,
          longestRows: 256,
        });
        return again.verdict !== "wrong";
      },
    });
    const trial: Timing = { kernel, network, runner, audit, clock, yardstick, send };
    const random = randomFrom(seed, "training");
    const trained: Trained = training
      ? await stage("train", () => train(trial, test, training, random))
      : { epochs: 0 };
    if (sampling) {
      const fresh = randomFrom(seed, "samples");
      await stage("sample", () => sample(trial, trained, sampling, initial, fresh));
    }
    // Last, because earlier steps would change what training and samples find compiled.
    if (trajectory && kernel.returnsLoss !== false) {
      const from = async (start: Float64Array) => {
        await restore(start);
        return await stage("trajectory", () => firstLosses(runner, trajectory.steps));
      };
      const losses = await from(initial);
      send({
        type: "trajectory",
        losses,
        nudged: await from(nudged(initial)),
        ...(losses.length < Math.min(trajectory.steps, runner.steps) && { diverged: true }),
      });
    }
    const timed = sampling ? "sample" : training ? "train" : "verify";
    refuse(timed, audit?.fault ?? foreignFault());
    if (audit && (training || sampling)) rechecks = { seed, steps: audit.steps };
  }
  const peakRssBytes = await peakRssOf(kernel);
  await stage("close", () => kernel[Symbol.asyncDispose]());
  const dataBytes = [subset, test].reduce((sum, set) => sum + set.count * (set.features + 1), 0);
  send({
    type: "done",
    memory: remote
      ? known({
        loadedRssBytes: remote.loadedRssBytes,
        openedRssBytes: remote.openedRssBytes,
        peakRssBytes,
        dataBytes,
      })
      : known({ loadedRssBytes, openedRssBytes, peakRssBytes, dataBytes }),
    ...(rechecks && { rechecks }),
  });
}

/** Trains from the parameters of the kernel. The loss is that of the steps; accuracy is measured off the clock. */
async function train(
  { kernel, network, runner, audit, clock, send }: Timing,
  test: Dataset,
  { epochs, predictions, unevaluated }: NonNullable<RunRequest["training"]>,
  random: Random,
): Promise<Trained> {
  const evaluate = createEvaluator(network, test);
  const accuracyNow = async (withPredictions = false) => {
    const start = clock();
    if (kernel.mode === "async") await kernel.pull?.();
    const parameters = readParameters(kernel.parameters, kernel.layout, network);
    const { accuracy, isCorrect } = evaluate(parameters);
    return {
      testAccuracy: accuracy,
      ...(withPredictions && { correct: packBits(isCorrect) }),
      evaluateNs: clock() - start,
    };
  };
  const looked = isLong(runner) ? 0 : 1 + random.integer(epochs);
  let lastEpochNs = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await runner.shuffle(epoch);
    const start = clock();
    const result = runner.epoch();
    const loss = result instanceof Promise ? await result : result;
    const trainNs = clock() - start;
    lastEpochNs = trainNs;
    if (epoch === looked) await audit?.lastStep();
    send({
      type: "epoch",
      epoch,
      ...(Number.isFinite(loss) && { loss }),
      trainNs,
      ...(unevaluated ? {} : await accuracyNow(predictions && epoch === epochs)),
    });
    await breathe();
  }
  return { epochs, lastEpochNs };
}

function restorer(kernel: Kernel, network: Network): (canonical: Float64Array) => Promise<void> {
  return async (canonical) => {
    writeParameters(canonical, network, kernel.layout, kernel.parameters);
    if (kernel.mode === "async") await kernel.push?.();
  };
}

function refuse(stage: string, fault: TrialFault | undefined): void {
  if (fault !== undefined) throw new StageError(stage, fault.kind, fault);
}

async function stage<T>(name: string, work: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StageError(name, error);
  }
}
