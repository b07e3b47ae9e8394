import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { z } from "zod";
import { type Clock, monotonicNs, timestamp } from "../base/clock.ts";
import { known } from "../base/known.ts";
import type { Need } from "../gradients/contract.ts";
import { checkMessages } from "../check/message_check.ts";
import { type Answer, ask, findMessage } from "./ask.ts";
import { librariesOf } from "../gradients/all.ts";
import { isPeerRequest, verifierOf } from "./verify_peer.ts";
import { fasterThanCeiling, type SpeedLimit } from "../machine/speed_limit.ts";
import type { Message, RunRequest } from "../format/protocol.ts";
import type { Failure, Reason } from "../format/reason.ts";
import {
  type Cell,
  type Durations,
  FORMAT_VERSION,
  type TrialRecord,
} from "../format/trial_record.ts";
import type { Permissions, Runtime } from "./runtimes.ts";
import { readStealNs } from "../machine/process_memory.ts";

export interface TrialOptions {
  readonly runtime: Runtime;
  readonly request: RunRequest;
  readonly round: number;
  readonly needs: readonly Need[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  onMessage?(message: Message): void;
  /** A program that speaks the protocol, instead of Slope's own child: a peer or earlier code. */
  readonly script?: string;
  /** The folder of that program's other files, if it is Slope's child of another version. */
  readonly codeFolder?: string;
  /** Environment variables, besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
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
  const { request, round } = options;
  const startedAt = timestamp();
  const start = clock();
  const stealBefore = await readStealNs();
  const isOwnChild = options.script === undefined && options.codeFolder === undefined;
  const token = isOwnChild && !isPeerRequest(request) ? randomUUID() : undefined;
  const complaint = checkMessages(clock, token);
  let verdict: Message[] = [];
  const verifier = isPeerRequest(request)
    ? verifierOf(request, clock, (verified) => {
      verdict = [verified];
      options.onMessage?.(verified);
    })
    : undefined;
  const { runtime, timeoutMs, signal, script, environment } = options;
  const answer = await ask(runtime, requestFor(options, token), {
    permissions: permissionsOf(options),
    timeoutMs,
    signal,
    script,
    environment,
    onMessage(message, child) {
      const fault = complaint(message);
      if (fault !== undefined) return child.fail(fault);
      verifier?.(message, child);
      options.onMessage?.(message);
    },
  });
  if (answer.ended === "aborted") return undefined;
  const wallNs = clock() - start;
  const stealAfter = await readStealNs();
  const stealNs = stealBefore !== undefined && stealAfter !== undefined
    ? Math.max(0, stealAfter - stealBefore)
    : undefined;
  const { speedLimit } = options;
  return toRecord({
    request,
    round,
    startedAt,
    answer,
    messages: [...answer.ended === "reply" ? answer.reply : answer.messages, ...verdict],
    wallNs,
    stealNs,
    speedLimit,
  });
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

/** A trial that was not run, and why. */
export function skippedTrial(cell: Cell, round: number, reason: Reason): TrialRecord {
  return {
    schema: FORMAT_VERSION,
    status: "skipped",
    reasons: [reason],
    cell,
    round,
    samplesNs: [],
    startedAt: timestamp(),
  };
}

/** What all cells of a failed program have in common. */
export interface Failed {
  readonly reasons: readonly Reason[];
  readonly verification?: TrialRecord["verification"];
}

/** A record of the same failure for another cell or round, which was not run. */
export function failedLike(
  { reasons, verification }: Failed,
  cell: Cell,
  round: number,
): TrialRecord {
  return {
    schema: FORMAT_VERSION,
    status: "failed",
    reasons: [...reasons],
    cell,
    round,
    samplesNs: [],
    ...(verification && { verification }),
    startedAt: timestamp(),
  };
}

/** What the process of this trial may read, write and open. */
export function permissionsOf({ request, needs, script, codeFolder }: TrialOptions): Permissions {
  const { data, plugin, peer } = request;
  const libraries = plugin === undefined && needs.includes("ffi")
    ? librariesOf(request.cell.implementation)
    : undefined;
  const files = [data.trainPixels, data.testPixels, plugin, peer && script];
  const folders = files.flatMap((path) => path === undefined ? [] : [dirname(path)]);
  return known({
    read: [...new Set([...folders, ...codeFolder === undefined ? [] : [codeFolder]])],
    needs,
    libraries,
    peerWrites: peer && [dirname(peer.initial)],
  });
}

function requestFor({ request, codeFolder }: TrialOptions, token: string | undefined): RunRequest {
  if (codeFolder === undefined) return { ...request, ...(token !== undefined && { token }) };
  // An earlier version refuses fields that it does not know.
  const { cell: { copy: _, ...cell }, trajectory: __, training, ...rest } = request;
  return { ...rest, cell, ...(training && { training: { epochs: training.epochs } }) };
}

type Ended = Exclude<Answer<RunRequest>, { ended: "aborted" }>;

function toRecord(trial: {
  request: RunRequest;
  round: number;
  startedAt: string;
  answer: Ended;
  messages: readonly Message[];
  wallNs: number;
  stealNs: number | undefined;
  speedLimit: SpeedLimit | undefined;
}): TrialRecord {
  const { request, messages, answer } = trial;
  const opened = findMessage(messages, "opened");
  const verified = findMessage(messages, "verified");
  const samples = findMessage(messages, "samples");
  const trajectory = findMessage(messages, "trajectory");
  const done = findMessage(messages, "done");
  const peakRssBytes = answer.ended === "reply" ? answer.peakRssBytes : undefined;
  const epochs = messages.filter((message) => message.type === "epoch");
  // The ceilings are those of the processor, not of a device.
  const limit = opened?.device === undefined ? trial.speedLimit : undefined;
  const reasons = [
    failureOf(answer, request, verified, samples),
    samples && limit && fasterThanCeiling(samples.samplesNs, samples.epochsPerSample, limit),
  ].filter((reason) => reason !== undefined);
  return known({
    schema: FORMAT_VERSION,
    status: reasons.length === 0 ? "ok" as const : "failed" as const,
    reasons: reasons.length === 0 ? undefined : reasons,
    cell: request.cell,
    round: trial.round,
    threadsUsed: opened?.threadsUsed,
    device: opened?.device,
    engine: samples?.engine,
    samplesNs: samples?.samplesNs ?? [],
    epochsPerSample: samples?.epochsPerSample,
    verification: verified?.verification,
    training: epochs.length === 0 ? undefined : {
      epochs: epochs.map(({ type: _, evaluateNs: __, ...epoch }) => epoch),
    },
    rechecks: done?.rechecks,
    memory: done && known({ ...done.memory, peakRssBytes }),
    gc: samples?.gc,
    interference: samples && known({ ...samples.interference, stealNs: trial.stealNs }),
    trajectory: trajectory && known({
      losses: trajectory.losses,
      nudged: trajectory.nudged,
      diverged: trajectory.diverged,
    }),
    sampleInterference: samples?.sampleInterference,
    durations: durationsOf(messages, trial.wallNs),
    startedAt: trial.startedAt,
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
  const durations: z.infer<typeof Durations> = { wallNs };
  for (const message of messages) {
    switch (message.type) {
      case "opened":
        durations.loadNs = message.loadNs;
        durations.openNs = message.openNs;
        break;
      case "verified":
        durations.verifyNs = message.verifyNs;
        break;
      case "epoch":
        durations.trainNs = (durations.trainNs ?? 0) + message.trainNs;
        durations.evaluateNs = (durations.evaluateNs ?? 0) + message.evaluateNs;
        break;
      case "samples":
        durations.sampleNs = message.samplesNs.reduce((sum, ns) => sum + ns, 0);
    }
  }
  return durations;
}
