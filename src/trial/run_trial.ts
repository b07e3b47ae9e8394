import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { type Clock, monotonicNs, timestamp } from "../base/clock.ts";
import { known } from "../base/known.ts";
import type { Need } from "../gradients/contract.ts";
import { checkMessages } from "../check/message_check.ts";
import { type Answer, ask, findMessage } from "./ask.ts";
import { fasterThanCeiling, type SpeedLimit } from "../machine/speed_limit.ts";
import type { Message } from "../format/protocol.ts";
import type { RunRequest } from "../format/request.ts";
import type { Failure, Reason } from "../format/reason.ts";
import {
  type Cell,
  type Durations,
  FORMAT_VERSION,
  type TrialRecord,
} from "../format/trial_record.ts";
import { permissionsOf } from "./permissions.ts";
import type { Ranked } from "./ranks/ranked_command.ts";
import type { Confinement } from "./runtimes.ts";
import type { Launch } from "./launch.ts";
import { readStealNs } from "../machine/process_memory.ts";

type Started = Pick<
  Launch,
  "runtime" | "timeoutMs" | "signal" | "script" | "environment" | "onLog"
>;

export interface TrialOptions extends Started {
  readonly request: RunRequest;
  readonly round: number;
  readonly needs: readonly Need[];
  /** Where the program is an MPI job. */
  readonly ranked?: Ranked | undefined;
  /** Its plug-in imports packages of its own. */
  readonly packages?: true | undefined;
  /** What keeps its plug-in from the rest of the machine. */
  readonly confinement?: Confinement | undefined;
  onMessage?(message: Message): void;
  /** The folder of the other files of `script`, if that is Slope's child of another version. */
  readonly codeFolder?: string;
  /** Samples cannot be faster than this; absent if unknown. */
  readonly speedLimit?: SpeedLimit | undefined;
}

/**
 * Runs one trial in a fresh process. Returns its record; a failed one has the reasons and all that was measured until
 * then. Returns undefined when interrupted.
 */
export async function runTrial(
  options: TrialOptions,
  clock: Clock = monotonicNs,
): Promise<TrialRecord | undefined> {
  const { runtime, timeoutMs, signal, script, environment, onLog } = options;
  const startedAt = timestamp();
  const start = clock();
  const stealBefore = await readStealNs();
  const isOwnChild = script === undefined && options.codeFolder === undefined;
  const token = isOwnChild ? randomUUID() : undefined;
  const complaint = checkMessages(clock, token);
  const answer = await ask(runtime, requestFor(options, token), {
    permissions: permissionsOf(options),
    timeoutMs,
    signal,
    script,
    environment,
    onLog,
    onMessage(message, child) {
      const fault = complaint(message);
      if (fault !== undefined) return child.fail(fault);
      options.onMessage?.(message);
    },
  });
  if (answer.ended === "aborted") return undefined;
  const wallNs = clock() - start;
  const stealAfter = await readStealNs();
  const stealNs = stealBefore !== undefined && stealAfter !== undefined
    ? Math.max(0, stealAfter - stealBefore)
    : undefined;
  const messages = answer.ended === "reply" ? answer.reply : answer.messages;
  return toRecord(options, { startedAt, answer, messages, wallNs, stealNs });
}

/** Measures in a fresh process how long a kernel needs per example, or why it cannot run. */
export async function runPilot(options: TrialOptions): Promise<
  { nsPerExample: number; wallNs: number } | { failed: Failed } | undefined
> {
  let nsPerExample: number | undefined;
  const record = await runTrial({
    ...options,
    onMessage(message) {
      if (message.type === "pace") nsPerExample = message.nsPerExample;
    },
  });
  if (record === undefined) return undefined;
  if (record.status === "ok" && nsPerExample !== undefined) {
    return { nsPerExample, wallNs: record.durations?.wallNs ?? 0 };
  }
  const reasons = record.reasons ?? [{ kind: "incomplete", missing: "figures" }];
  return { failed: { reasons, verification: record.verification } };
}

function notRun(
  status: "skipped" | "failed",
  reasons: readonly Reason[],
  cell: Cell,
  round: number,
): TrialRecord {
  const startedAt = timestamp();
  return {
    schema: FORMAT_VERSION,
    status,
    reasons: [...reasons],
    cell,
    round,
    samplesNs: [],
    startedAt,
  };
}

export const skippedTrial = (cell: Cell, round: number, reason: Reason): TrialRecord =>
  notRun("skipped", [reason], cell, round);

export interface Failed extends Pick<TrialRecord, "verification"> {
  readonly reasons: readonly Reason[];
}

/** The program is not at fault where no machine could run it. */
export const isTooLarge = (reasons: readonly Reason[] = []): boolean =>
  reasons.some(({ kind }) => kind === "too-large");

/** A record of the same failure for another cell or round, which was not run. */
export const failedLike = ({ reasons, verification }: Failed, cell: Cell, round: number) => ({
  ...notRun(isTooLarge(reasons) ? "skipped" : "failed", reasons, cell, round),
  ...known({ verification }),
});

/** What a request to examine the trial's cell repeats of the trial's own request. */
export const trainedCell = (
  { protocol, cell, plugin, python, data, initialisation }: RunRequest,
) => known({ protocol, cell, plugin, python, data, initialisation });

function requestFor({ request, codeFolder }: TrialOptions, token: string | undefined): RunRequest {
  if (codeFolder === undefined) return { ...request, ...(token !== undefined && { token }) };
  // An earlier version refuses fields that it does not know.
  const { cell: { copy: _, ...cell }, trajectory: __, training, ...rest } = request;
  return { ...rest, cell, ...(training && { training: { epochs: training.epochs } }) };
}

type Ended = Exclude<Answer<RunRequest>, { ended: "aborted" }>;

interface Ran {
  readonly startedAt: string;
  readonly answer: Ended;
  readonly messages: readonly Message[];
  readonly wallNs: number;
  readonly stealNs: number | undefined;
}

function toRecord(
  { request, round, speedLimit }: TrialOptions,
  { startedAt, answer, messages, wallNs, stealNs }: Ran,
): TrialRecord {
  const opened = findMessage(messages, "opened");
  const verified = findMessage(messages, "verified");
  const samples = findMessage(messages, "samples");
  const trajectory = findMessage(messages, "trajectory");
  const done = findMessage(messages, "done");
  const peakRssBytes = answer.ended === "reply" ? answer.peakRssBytes : undefined;
  const epochs = messages.filter((message) => message.type === "epoch");
  // The ceilings are those of the processor, not of a device.
  const limit = opened?.device === undefined ? speedLimit : undefined;
  const reasons = [
    failureOf(answer, request, verified, samples),
    samples && limit && fasterThanCeiling(samples.samplesNs, samples.epochsPerSample, limit),
  ].filter((reason) => reason !== undefined);
  if (isTooLarge(reasons)) return skippedTrial(request.cell, round, reasons[0]);
  return known({
    schema: FORMAT_VERSION,
    status: reasons.length === 0 ? "ok" as const : "failed" as const,
    reasons: reasons.length === 0 ? undefined : reasons,
    cell: request.cell,
    round,
    threadsUsed: opened?.threadsUsed,
    device: opened?.device,
    compiled: opened?.compiled,
    fused: opened?.fused,
    returnsLoss: opened?.returnsLoss,
    assumed: opened?.assumed,
    engine: samples?.engine,
    samplesNs: samples?.samplesNs ?? [],
    epochsPerSample: samples?.epochsPerSample,
    verification: verified?.verification,
    training: epochs.length === 0 ? undefined : {
      epochs: epochs.map(({ type: _, evaluateNs: __, ...epoch }) => epoch),
    },
    rechecks: done?.rechecks,
    // The process of a program in another language is not the one that its parent sees.
    memory: done &&
      known({ ...done.memory, peakRssBytes: done.memory.peakRssBytes ?? peakRssBytes }),
    communicationShare: samples?.communicationShare,
    gc: samples?.gc,
    interference: samples && known({ ...samples.interference, stealNs }),
    trajectory: trajectory && known({
      losses: trajectory.losses,
      nudged: trajectory.nudged,
      diverged: trajectory.diverged,
    }),
    sampleInterference: samples?.sampleInterference,
    durations: durationsOf(messages, wallNs),
    startedAt,
  });
}

/** Why a trial failed; undefined when everything that was asked for is there and right. */
function failureOf(
  answer: Ended,
  request: RunRequest,
  verified: Extract<Message, { type: "verified" }> | undefined,
  samples: Extract<Message, { type: "samples" }> | undefined,
): Failure | undefined {
  if (answer.ended === "failed") return answer.failure;
  if (verified === undefined) return { kind: "incomplete", missing: "verification" };
  const { verdict, ...figures } = verified.verification;
  if (verdict === "wrong" && !request.keepWrong) return { kind: "wrong-gradient", ...figures };
  if (request.sampling && samples === undefined) return { kind: "incomplete", missing: "samples" };
  return undefined;
}

function durationsOf(messages: readonly Message[], wallNs: number): z.infer<typeof Durations> {
  const opened = findMessage(messages, "opened");
  const epochs = messages.filter((message) => message.type === "epoch");
  const sum = (parts: readonly number[] = []): number | undefined =>
    parts.length === 0 ? undefined : parts.reduce((total, ns) => total + ns, 0);
  return known({
    wallNs,
    loadNs: opened?.loadNs,
    openNs: opened?.openNs,
    verifyNs: findMessage(messages, "verified")?.verifyNs,
    trainNs: sum(epochs.map(({ trainNs }) => trainNs)),
    evaluateNs: sum(epochs.flatMap(({ evaluateNs }) => evaluateNs ?? [])),
    sampleNs: sum(findMessage(messages, "samples")?.samplesNs),
  });
}
