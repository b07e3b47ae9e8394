import type { Dataset } from "../data/dataset.ts";
import type { Finding } from "../format/finding.ts";
import type { Assumption } from "../format/program_protocol.ts";
import type { Message } from "../format/protocol.ts";
import type { Reached } from "../format/reached.ts";
import type { DiagnoseRequest } from "../format/request.ts";
import type { Failure } from "../format/reason.ts";
import type { Cell } from "../format/trial_record.ts";
import { describeHost } from "../machine/host.ts";
import { type Answer, ask } from "../trial/ask.ts";
import { permissionsOf } from "../trial/permissions.ts";
import { trainedCell, type TrialOptions } from "../trial/run_trial.ts";
import { examineGrowthAgain, examineScaling } from "./scaling/examine_scaling.ts";
import {
  diagnoseScaling,
  growsFaster,
  isAdvice,
  type ScalingDiagnosis,
} from "./scaling/scaling_findings.ts";
import { sortedData } from "./training/data_findings.ts";
import { isGradientFinding, isGradientFindingHere } from "./words/finding_words.ts";

/** What can be examined, in order: a wrong gradient explains more than a wrong rate. */
export const SUBJECTS = ["gradient", "training", "scaling"] as const;
export type Subject = typeof SUBJECTS[number];

export interface Diagnosis {
  readonly cell: Cell;
  /** How a program reads its arguments, where it does not declare it. */
  readonly assumed?: readonly Assumption[];
  /** What was asked for. */
  readonly examined: readonly Subject[];
  /** All examinations were completed, and nothing is wrong; there may be advice. */
  readonly healthy: boolean;
  /** Examinations that were not completed. */
  readonly failures: readonly { readonly subject: Subject; readonly failure: Failure }[];
  /** What an interruption left out; absent: there was none. */
  readonly interrupted?: readonly Subject[];
  /** The most important first. */
  readonly findings: readonly Finding[];
  /** Absent where the training was not examined to the end. */
  readonly reached?: Reached;
  /** Absent where the scaling was not examined to the end. */
  readonly scaling?: ScalingDiagnosis;
}

export interface Examination {
  readonly epochs: number;
  /** All examples, in the order of their file. */
  readonly train: Dataset;
  readonly subjects: readonly Subject[];
  /** Whether a plug-in that is right at the cell's network is so at others, too. */
  readonly otherNetworks?: true;
  onStart(subject: Subject): void;
}

/**
 * Examines these subjects of a trial's cell, each in a fresh process. An interruption leaves out the one under way and
 * those after it; undefined where it left out all.
 */
export async function diagnoseCell(
  trial: TrialOptions,
  { epochs, train, subjects, otherNetworks, onStart }: Examination,
): Promise<Diagnosis | undefined> {
  const findings: Finding[] = [];
  const failures: Diagnosis["failures"][number][] = [];
  let assumed: readonly Assumption[] | undefined;
  let reached: Reached | undefined;
  let scaling: ScalingDiagnosis | undefined;
  const asked = SUBJECTS.filter((one) => subjects.includes(one));
  const until = (interruptedAt?: Subject): Diagnosis | undefined => {
    const end = interruptedAt === undefined ? asked.length : asked.indexOf(interruptedAt);
    if (end === 0) return undefined;
    const interrupted = asked.slice(end);
    return {
      cell: trial.request.cell,
      ...(assumed && { assumed }),
      examined: asked.slice(0, end),
      healthy: interrupted.length === 0 && failures.length === 0 && findings.every(isAdvice),
      failures,
      ...(interrupted.length > 0 && { interrupted }),
      findings,
      ...(reached && { reached }),
      ...(scaling && { scaling }),
    };
  };
  for (const subject of ["gradient", "training"] as const) {
    if (!subjects.includes(subject)) continue;
    onStart(subject);
    // The gradient came first: where it is wrong, the training measures what the right one gains.
    const isWrong = findings.some(isGradientFindingHere);
    const answer = await examine(trial, subject, epochs, isWrong, (message) => {
      if (message.type === "assumed") assumed = message.assumed;
      if (message.type === "reached") {
        const { type: _, ...rest } = message;
        reached = rest;
      }
    });
    if (answer.ended === "aborted") return until(subject);
    if (answer.ended === "failed") failures.push({ subject, failure: answer.failure });
    else findings.push(...answer.reply.filter((one) => !isOfOppositeSign(one, findings)));
    // What fails here is right nowhere.
    const isRight = failures.length === 0 && !findings.some(isGradientFinding);
    if (subject === "gradient" && otherNetworks && isRight) {
      const others = await examineOthers(trial, epochs);
      if (others === undefined) return until(subject);
      findings.push(...others);
    }
    if (subject === "training") findings.push(...sortedData(train, trial.request.cell.batchSize));
  }
  // A program that failed above would fail again.
  if (subjects.includes("scaling") && failures.length === 0) {
    onStart("scaling");
    const answer = await examineScaling(trial);
    if (answer === undefined) return until("scaling");
    if ("failed" in answer) failures.push({ subject: "scaling", failure: answer.failed });
    else {
      const { cachesBytes } = await describeHost();
      scaling = diagnoseScaling(answer, cachesBytes);
      if (growsFaster(scaling)) {
        const again = await examineGrowthAgain(trial);
        if (again === undefined) {
          scaling = undefined;
          return until("scaling");
        }
        if ("record" in again) {
          scaling = diagnoseScaling({ ...answer, record: again.record }, cachesBytes);
        }
      }
    }
    findings.push(...scaling?.findings ?? []);
  }
  return until();
}

/** What climbs because its gradient has the wrong sign needs no other rate. */
const isOfOppositeSign = ({ id }: Finding, found: readonly Finding[]): boolean =>
  id === "loss-exploding" && found.some((one) => one.id === "sign-reversed");

/** Two examinations of one cell, the first of earlier subjects. */
export const joined = (first: Diagnosis, second: Diagnosis): Diagnosis => ({
  ...first,
  ...second,
  examined: [...first.examined, ...second.examined],
  healthy: first.healthy && second.healthy,
  failures: [...first.failures, ...second.failures],
  findings: [...first.findings, ...second.findings],
});

/** An examination that an interruption ended before these subjects. */
export const interruptedBefore = (
  diagnosis: Diagnosis,
  interrupted: readonly Subject[],
): Diagnosis => ({ ...diagnosis, healthy: false, interrupted });

/** Whether the gradient was examined to the end. */
export const isGradientRead = ({ examined, failures }: Diagnosis): boolean =>
  examined.includes("gradient") && !failures.some(({ subject }) => subject === "gradient");

/**
 * Examines other networks in a process of its own: what it ends, or never ends, has no other answer to take along.
 * Undefined when interrupted.
 */
async function examineOthers(
  trial: TrialOptions,
  epochs: number,
): Promise<readonly Finding[] | undefined> {
  if (trial.request.plugin === undefined) return [];
  const answer = await examine(
    { ...trial, onLog() {} }, // warnings there are of no use
    "other-networks",
    epochs,
    false,
    () => {},
  );
  if (answer.ended === "aborted") return undefined;
  if (answer.ended === "reply") return answer.reply;
  // A time-out may be the machine's.
  return answer.failure.kind === "died"
    ? [{ id: "works-only-here", layers: [], others: [], right: [] }]
    : [];
}

async function examine(
  trial: TrialOptions,
  subject: DiagnoseRequest["subject"],
  epochs: number,
  isWrong: boolean,
  onMessage: (message: Message) => void,
): Promise<Answer<DiagnoseRequest>> {
  const asked = trainedCell(trial.request);
  const request: DiagnoseRequest = {
    type: "diagnose",
    ...asked,
    subject,
    epochs,
    ...(isWrong && { isWrong }),
  };
  const { runtime, timeoutMs, signal, environment, onLog } = trial;
  const permissions = permissionsOf(trial);
  const answer = await ask(runtime, request, {
    permissions,
    timeoutMs,
    signal,
    environment,
    onLog,
    onMessage,
  });
  return answer.ended === "failed" ? { ...answer, failure: whileExamined(answer.failure) } : answer;
}

/** A process that was asked to diagnose is opened, and asked questions, before it sends its first message. */
const whileExamined = (failure: Failure): Failure =>
  "lastMessage" in failure && failure.lastMessage === "hello"
    ? { ...failure, lastMessage: "diagnose" }
    : failure;
