import type { InputError } from "../base/errors.ts";
import type { Unmeasured } from "../format/ceilings.ts";
import { HookRecord } from "../format/hook.ts";
import type { LeftOut } from "../format/plan.ts";
import { type NoRuntime, Reason, type SoftwareDevice, type Unavailable } from "../format/reason.ts";
import { Sandbox } from "../format/sandbox.ts";
import type { Problem, Summary } from "../format/summary.ts";
import type { TooLargeReason } from "../format/too_large.ts";
import type { Device } from "../format/trial_record.ts";
import { describeChange } from "../sweep/plugin_copies.ts";
import { heldText } from "./sandbox_words.ts";
import { faultText, wrongText } from "./fault_words.ts";
import { failedHookText } from "./hook_words.ts";
import { counted, formatBinary, formatCount, formatDuration, formatNumber } from "./numbers.ts";

/** Why a trial was skipped or failed. */
export const reasonsText = (reasons: readonly Reason[]): string =>
  reasons.map(reasonText).join("; ");

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case "cannot-start":
      return `cannot start ${reason.command}: ${reason.message}`;
    case "died": {
      const how = reason.signal === undefined
        ? `exit code ${reason.exitCode}`
        : `signal ${reason.signal}`;
      const who = reason.rank === undefined ? "its process" : `its rank ${reason.rank}`;
      return `${who} ended early (${how}), ${whenText(reason.lastMessage)}` +
        (reason.message === undefined ? "" : `: ${reason.message}`);
    }
    case "timed-out":
      return `timed out after ${formatDuration(reason.afterNs)}, ${whenText(reason.lastMessage)}`;
    case "too-much-output":
      return `wrote more than ${formatBinary(reason.limitBytes)} to standard output`;
    case "invalid-message":
      return `sent an invalid message, ${whenText(reason.lastMessage)}: ` +
        JSON.stringify(reason.line) +
        (reason.message === undefined ? " is not JSON" : ` is not a message (${reason.message})`);
    case "stage-failed":
      return atStage(reason.stage, reason.message);
    case "too-large":
      return tooLargeText(reason);
    case "fault":
      return atStage(reason.stage, faultText(reason.fault));
    case "forged-message":
      return `a plug-in writes messages in the harness's name: ` +
        (reason.problem === "repeated"
          ? `a second "${reason.sent}" arrived`
          : `"${reason.sent}" lacks the token of this trial`);
    case "impossible-times":
      return IMPOSSIBLE_TIMES[reason.of](
        formatDuration(reason.reportedNs),
        formatDuration(reason.passedNs),
      );
    case "incomplete":
      return reason.missing === "figures"
        ? "its record lacks samples, training or verification"
        : `it ended without ${reason.missing === "samples" ? "samples" : "a verification"}`;
    case "wrong-gradient":
      return `wrong gradient: ${wrongText(reason)}`;
    case "faster-than-ceiling": {
      const { flopPerEpoch, fastestNs, ceilingFlopPerSecond, margin } = reason;
      const rate = flopPerEpoch / (fastestNs * 1e-9);
      return `faster than this machine's ceiling: an epoch needs at least ` +
        `${formatNumber(flopPerEpoch / 1e6)} MFLOP and took ${formatDuration(fastestNs)}, ` +
        `at ${giga(rate)}; the ceiling is ${giga(ceilingFlopPerSecond)}, ` +
        `with a margin of ${margin}. It skipped work, or computes with more than it declares ` +
        `(backEnd, needs)`;
    }
    case "code-changed":
      return `its code changed during the run (${describeChange(reason)}): start again, ` +
        `or use --watch, which does so after every edit`;
    case "unavailable":
    case "usual-convention":
    case "no-mpi":
    case "too-many-ranks":
    case "no-runtime":
    case "not-probed":
    case "not-offered":
    case "no-language":
      return `unavailable: ${unavailableText(reason)}`;
    case "over-budget":
      return `predicted ${formatDuration(reason.predictedNs)}; the trials to come need ` +
        `${formatDuration(reason.neededNs)}, and ` +
        `${reason.leftNs > 0 ? formatDuration(reason.leftNs) : "none"} of the budget ` +
        `is left (raise it with --budget, or choose smaller --sizes)`;
    case "not-repeated":
      return `not repeated: it failed in round ${reason.round}`;
    case "software-device":
      return `not timed: ${emulatedText(reason)}; to time it anyway, name it with ` +
        "--implementations";
  }
}

function tooLargeText({ of, needed, limit }: TooLargeReason): string {
  switch (of) {
    case "wasm-memory":
      return `too large: it needs ${formatBinary(needed)} or more, and WebAssembly addresses ${
        (limit ?? 2 ** 32) / 2 ** 30
      } GiB; use native_sparse, or a smaller subset`;
    case "array":
      return `too large: it needs an array of ${
        formatBinary(needed)
      }, which this runtime does not make; ` +
        "use a sparse implementation, which reads the pixels piece by piece, or a smaller subset";
    case "list":
      return `too large: ${formatCount(needed)} pixels or more are not 0, and its lists count ${
        formatCount(limit ?? 2 ** 32)
      }; use a smaller subset`;
  }
}

/** Why a program cannot run here, where that it cannot is already said. */
export function unavailableText(reason: Unavailable): string {
  switch (reason.kind) {
    case "unavailable":
      return reason.message;
    case "no-runtime":
      return noRuntimeText(reason);
    case "not-probed":
      return `it could not be asked: ${reasonText(reason.failure)}`;
    case "not-offered":
      return `not in ${reason.runtime}`;
    case "usual-convention":
      return "it computes only with pixels byte / 255, targets 0 and 1, no weight decay and no momentum";
    case "no-mpi":
      return noMpiText(reason);
    case "too-many-ranks":
      return `${
        counted(reason.ranks, "rank")
      } need as many cores, and there are ${reason.cores}: ` +
        "ranks that share a core wait for each other; give fewer --ranks, or in SLOPE_MPIEXEC a " +
        "launcher with arguments that say where ranks run";
    case "no-language":
      return reason.language === "python"
        ? `no Python works${triedText(reason.tried)}; apt-get install python3, or name one with ` +
          "SLOPE_PYTHON"
        : "none of the runtimes of this sweep is here";
  }
}

function noMpiText({ lacks, of }: Extract<Unavailable, { kind: "no-mpi" }>): string {
  const hint = "on Debian and Ubuntu: apt-get install mpich, or openmpi-bin libopenmpi-dev";
  if (lacks === "launcher") {
    return of === undefined
      ? `no mpiexec or mpirun on PATH; ${hint}; or name the launcher with SLOPE_MPIEXEC`
      : `no launcher "${of}" (SLOPE_MPIEXEC); name a command on PATH, or its path`;
  }
  return `no MPI library for ${of}; ${hint}; or name it with SLOPE_MPI_LIBRARY`;
}

function noRuntimeText({ runtime, given, tooOld, message = "not found" }: NoRuntime): string {
  const what = given === undefined ? `no usable "${runtime}" on PATH` : `"${given}"`;
  const why = tooOld
    ? `it is version ${tooOld.version}, expected ${tooOld.lowest} or later`
    : message;
  return `${what}: ${why}; name one with --runtime-path ${runtime}=PATH, or ` +
    `${runtime}=${EXAMPLE_VERSION[runtime]} to get it from npm`;
}

const EXAMPLE_VERSION = { deno: "2.9.6", bun: "1.4.5", node: "24.21.0" };

const triedText = (tried: readonly { command: string; message: string }[] = []): string =>
  tried.length === 0
    ? ""
    : ` (${tried.map(({ command, message }) => `${command}: ${message}`).join("; ")})`;

/** "round 1 (not repeated in rounds 2, 3)". */
export const roundsText = ({ rounds, notRepeated }: Problem): string =>
  `${listed(rounds)}${notRepeated ? ` (not repeated in ${listed(notRepeated)})` : ""}`;

/** "3 trials"; "1 trial, 2 not repeated". */
export function trialsText(problems: readonly Problem[]): string {
  const sum = (of: (problem: Problem) => number) => problems.reduce((n, one) => n + of(one), 0);
  const notRepeated = sum((problem) => problem.notRepeated?.length ?? 0);
  return counted(sum(({ rounds }) => rounds.length), "trial") +
    (notRepeated > 0 ? `, ${formatCount(notRepeated)} not repeated` : "");
}

/** "10 skipped", "2 failed"; trials that were not repeated count as skipped. */
export const troubleTexts = (counts: Pick<Summary["counts"], "skipped" | "failed">): string[] =>
  (["skipped", "failed"] as const).flatMap((status) =>
    counts[status] > 0 ? [`${formatCount(counts[status])} ${status}`] : []
  );

const listed = (rounds: readonly number[]): string =>
  `round${rounds.length > 1 ? "s" : ""} ${rounds.join(", ")}`;

/** Which ceilings are unknown in a runtime, and why. */
export function unmeasuredText(runtime: string, unmeasured: Unmeasured): string {
  const why = unmeasured.what === "everything"
    ? reasonText(unmeasured.failure)
    : unmeasured.message;
  return `${UNMEASURED[unmeasured.what]} in ${runtime}: ${why}`;
}

const UNMEASURED: Record<Unmeasured["what"], string> = {
  everything: "the ceilings of this machine",
  threads: "the ceilings of several threads",
  blas: "the ceiling of the system's BLAS",
  native: "the ceilings of native code",
};

/** An error's message and the reasons that caused it. */
export function errorText({ message, cause }: InputError): string {
  const hook = HookRecord.safeParse(cause);
  if (hook.success) return `${message}: ${failedHookText(hook.data)}`;
  const free = Sandbox.safeParse(cause);
  if (free.success) return `${message}: in ${free.data.runtime} it ${heldText(free.data)}`;
  const reasons = Reason.array().safeParse([cause].flat());
  return reasons.success ? `${message}: ${reasonsText(reasons.data)}` : message;
}

const emulatedText = ({ device }: SoftwareDevice): string =>
  `${device ? softwareText(device) : "its device"} computes on the processor`;

/** Why the default plan does without an implementation, and how to have it. */
export const leftOutText = ({ implementation, reason }: LeftOut): string =>
  `${implementation} is left out: ${
    emulatedText(reason)
  }; name it with --implementations to time it`;

/** The same where the file stands beside it: its reasons alone, if it has some. */
export function errorTextBeside(error: InputError): string {
  const reasons = Reason.array().safeParse([error.cause].flat());
  return reasons.success ? reasonsText(reasons.data) : errorText(error);
}

/** "NVIDIA H200"; "llvmpipe (software)". */
export const deviceText = ({ name, software }: Device = { name: "the processor" }): string =>
  software ? softwareText(name) : name;

export const softwareText = (name: string): string => `${name} (software)`;

const whenText = (lastMessage: string | undefined): string =>
  lastMessage === undefined
    ? "before its first message"
    : WHILE[lastMessage] ?? `after its message "${lastMessage}"`;

/** What a process does after each of its messages. */
const WHILE: Readonly<Record<string, string>> = {
  "hello": "while it was loaded or opened",
  "diagnose": "while it was examined",
  "opened": "while it was verified",
  "verified": "after it was verified, while it trained",
  "epoch": "while it trained",
};

const IMPOSSIBLE_TIMES: Record<
  Extract<Reason, { kind: "impossible-times" }>["of"],
  (reported: string, passed: string) => string
> = {
  samples: (reported, passed) =>
    `its samples add up to ${reported}, but taking them took ${passed} by the parent's clock`,
  total: (reported, passed) =>
    `its epochs and samples add up to ${reported}, but only ${passed} have passed by the ` +
    `parent's clock`,
  clock: (reported, passed) =>
    `its clock is slow: ${reported} passed by it, ${passed} by the parent's`,
};

const giga = (flopPerSecond: number): string => `${formatNumber(flopPerSecond / 1e9)} GFLOP/s`;

/** Whoever diagnoses says what was examined, so that the stage's name adds nothing. */
const atStage = (stage: string, text: string): string =>
  stage === "diagnose" ? text : `${stage}: ${text}`;
