import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Kernel } from "../gradients/contract.ts";
import { writeParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { TIMING_ENGINES } from "./engines.ts";
import type { EpochRunner } from "../gradients/epochs.ts";
import { type Audit, isLong, SHARE } from "../check/audit.ts";
import { isComparable } from "../check/diverged.ts";
import { openInterferenceMeter } from "../machine/interference.ts";
import { startMeters } from "./meters.ts";
import type { Message } from "../format/protocol.ts";
import type { RunRequest } from "../format/request.ts";
import type { Yardstick } from "../machine/yardstick.ts";
import { communicationShare } from "./communication.ts";

/** The kernel that training and sampling time, and what they need for it. */
export interface Timing {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly runner: EpochRunner;
  /** Absent where the user asked to time a wrong gradient. */
  readonly audit: Audit | undefined;
  readonly clock: Clock;
  readonly yardstick: Yardstick;
  send(message: Message): void;
}

/** How far a kernel was trained, and the time of the last epoch. */
export interface Trained {
  readonly epochs: number;
  readonly lastEpochNs?: number;
}

/** A sample starts from the trained parameters times a factor within 1 ± half of this. */
const FRESHNESS = 2 ** -9;

/**
 * Least sample of a program in another process. A message there and back takes 0.03 ms at once, and 0.4 ms where this
 * process has slept for as long as a sample: less than 1 % of this.
 */
const MIN_REMOTE_SAMPLE_NS = 50e6;

/** Steps that are compared with the same in two parts, at least. */
const LEAST_STRETCH = 8;

/** Random steps that are audited after the last sample. */
const LAST_RECHECKS = 5;

/**
 * Times epochs, each from the trained parameters times a random factor near 1: a kernel could recognise parameters
 * that it has seen and answer from memory. Parameters and row order are written after the last turn of the event loop,
 * so that no code of a sync kernel runs between them and the start of the clock.
 */
export async function sample(
  { kernel, network, runner, audit, clock, yardstick, send }: Timing,
  trained: Trained,
  sampling: NonNullable<RunRequest["sampling"]>,
  initial: Float64Array,
  random: Random,
): Promise<void> {
  const trainedParameters = kernel.parameters.slice();
  const diverged = !isComparable(trainedParameters);
  let taken = 0;
  const startAfresh = async () => {
    const factor = 1 + FRESHNESS * (random.uniform() - 0.5);
    kernel.parameters.set(trainedParameters.map((value) => value * factor));
    if (kernel.mode === "async") await kernel.push?.();
    const arranged = runner.shuffle(trained.epochs + 1 + taken);
    if (arranged) await arranged;
  };
  /** Diverged training leaves nothing to compare; the start can be compared. */
  const startAtFirst = async () => {
    writeParameters(initial, network, kernel.layout, kernel.parameters);
    if (kernel.mode === "async") await kernel.push?.();
    const arranged = runner.shuffle(1);
    if (arranged) await arranged;
  };
  const startToCheck = diverged ? startAtFirst : startAfresh;
  const reachSince = (sinceNs: number): number =>
    1 + Math.floor(SHARE * (clock() - sinceNs) * runner.steps / epochNs);
  const recheck = async (sinceNs: number) => {
    await breathe(); // as before every sample, so that a kernel behaves the same
    await audit?.randomStep(startToCheck, reachSince(sinceNs));
  };

  await startAfresh();
  const epochNs = trained.lastEpochNs ?? await timeOnce(runner, clock);
  const remote = kernel.mode === "async" ? kernel.process : undefined;
  const leastNs = Math.max(sampling.minSampleNs, remote ? MIN_REMOTE_SAMPLE_NS : 0);
  const epochsPerSample = Math.max(1, Math.ceil(leastNs / Math.max(1, epochNs)));
  const run = epochsPerSample === 1 ? runner.epoch : runner.repeated(epochsPerSample);
  yardstick.measure();
  const interferenceMeter = openInterferenceMeter();
  const meters = await startMeters(remote, clock);
  const startNs = clock();
  const prepare = async () => {
    interferenceMeter.close();
    yardstick.measureIfDue();
    if (taken > 0 && audit?.isTime(startNs)) await audit.lastStep();
    await breathe();
    if (audit?.isTime(startNs)) await recheck(startNs);
    await startAfresh();
    taken++;
    interferenceMeter.open();
  };
  const timed = { mode: runner.mode, prepare, run };
  const samplesNs = await TIMING_ENGINES[sampling.engine](timed, sampling, clock);
  interferenceMeter.close();
  const { interference, ...measured } = await meters.stop();
  yardstick.measure();
  // The meter reads the figures of this process.
  const entries = sampling.engine === "ordered" && !remote
    ? interferenceMeter.entries(samplesNs.length)
    : undefined;
  // A long minibatch is audited once, within a sample if it is the only step of its epoch.
  const once = isLong(runner);
  const isOnlyStep = runner.steps === 1;
  if (!once || isOnlyStep) await audit?.lastStep();
  const isChecked = isOnlyStep && audit?.checksLastStep !== false;
  if (kernel.mode === "async" && kernel.communication) await startToCheck();
  const share = await communicationShare(kernel, runner, epochNs / runner.steps);
  send({
    type: "samples",
    engine: sampling.engine,
    epochsPerSample,
    samplesNs,
    interference: { ...interference, yardstickNs: [...yardstick.ns] },
    ...(entries && { sampleInterference: entries }),
    ...(share !== undefined && { communicationShare: share }),
    ...measured,
  });
  await audit?.wholeStretch(startToCheck, Math.max(LEAST_STRETCH, reachSince(startNs)));
  // Usually once; more often where it takes little time.
  const endNs = clock();
  for (let times = 0; times < (once ? (isChecked ? 0 : 1) : LAST_RECHECKS); times++) {
    await recheck(startNs);
    if (clock() - endNs > SHARE * (endNs - startNs)) break;
  }
}

async function timeOnce(runner: EpochRunner, clock: Clock): Promise<number> {
  const start = clock();
  await runner.epoch();
  return clock() - start;
}

/** Lets the event loop turn, so that messages leave and the child notices the end of its parent. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
