/**
 * The process of one trial: reads a request from standard input and writes its answer to standard output, one JSON
 * value per line (docs/PROTOCOL.md). launch.ts starts it on Deno, Bun or Node.
 */
import { Buffer } from "node:buffer";
import { Console } from "node:console";
import { randomInt } from "node:crypto";
import process from "node:process";
import { monotonicNs } from "./base/clock.ts";
import { messageOf, NoProgram, TooLarge } from "./base/errors.ts";
import { known } from "./base/known.ts";
import { writeOutput } from "./base/output.ts";
import { CURRENT_RUNTIME } from "./base/runtime.ts";
import { rankArguments } from "./gradients/mpi_allreduce/rank_arguments.ts";
import { describe, findImplementation } from "./trial/describe.ts";
import { isForeign } from "./trial/program/kinds.ts";
import { ProgramError } from "./trial/program/program_error.ts";
import { noteIntrinsics } from "./check/intrinsics.ts";
import type { Message } from "./format/protocol.ts";
import { PROTOCOL_VERSION } from "./format/protocol_version.ts";
import type { Request } from "./format/request.ts";
import { exceptionIn } from "./trial/exception_place.ts";
import { runStages, StageError } from "./trial/stages.ts";

// Kept before a plug-in is imported, which may replace it.
const toJson = JSON.stringify;
// Native code of a plug-in may have written part of a line.
const send = (message: Message): void => writeOutput("\n" + toJson(message) + "\n");

// What a plug-in prints goes to standard error, because standard output carries the protocol. Deno and Bun print to the
// console without regard to process.stdout.
Object.assign(console, new Console({ stdout: process.stderr, stderr: process.stderr }));
process.stdout.write = process.stderr.write.bind(process.stderr);

// Also before a plug-in is imported, which must not know the audited steps.
const guard = { seed: randomInt(2 ** 47), intrinsicsFault: noteIntrinsics() };

// Ctrl-C reaches the whole process group; only the parent decides about this trial.
process.on("SIGINT", () => {});

let requestType = "start";
let plugin: string | undefined;

// What only some requests need is imported when one comes: every trial pays for the start of its process.
async function main(): Promise<void> {
  const start = monotonicNs();
  const rankPids = await joinAsRank();
  send({
    type: "hello",
    protocol: PROTOCOL_VERSION,
    runtime: CURRENT_RUNTIME.name,
    version: CURRENT_RUNTIME.version,
    ...known({ rankPids }),
  });
  const request = await checked(JSON.parse(await firstLine()));
  requestType = request.type;
  plugin = "plugin" in request ? request.plugin : undefined;
  if (request.type === "describe") {
    send({
      type: "implementations",
      implementations: await describe(request),
    });
  } else if (request.type === "ceilings") {
    const { measureCeilings } = await import("./machine/measure_ceilings.ts");
    const runtime = CURRENT_RUNTIME.name;
    const ceilings = await measureCeilings({ ...request, runtime }, monotonicNs);
    send({ type: "ceilings", ceilings });
  } else if (request.type === "diagnose") {
    const { diagnose } = await import("./diagnose/diagnose_in_child.ts");
    send({ type: "findings", findings: await diagnose(request, monotonicNs, send) });
  } else if (request.type === "profile") {
    const { profile } = await import("./profile/profile_in_child.ts");
    const programPeakRssBytes = await profile(request, monotonicNs, send);
    send({ type: "profiled", ...known({ programPeakRssBytes }) });
  } else {
    const implementation = await findImplementation(request.cell.implementation, request);
    const { token } = request;
    const sendToEnd = (message: Message): void =>
      message.type === "done"
        ? send({ ...message, ...(token && { token }), clockNs: monotonicNs() - start })
        : send(message);
    await runStages(implementation, request, monotonicNs, sendToEnd, guard);
  }
}

/**
 * The processes of all ranks, where this is the first of them; undefined where it is none. Another rank does what the first
 * one tells, and ends: it writes nothing to standard output.
 */
async function joinAsRank(): Promise<number[] | undefined> {
  if (rankArguments(process.argv) === undefined) return undefined;
  const { follow, joinRanks } = await import("./gradients/mpi_allreduce/rank_job.ts");
  const job = await joinRanks();
  if (job.mpi.rank === 0) return [...job.pids];
  await follow(job);
  process.exit(0);
}

/**
 * Ends the group of this process, if it is the first of one: what the program started would stay, and so would a box
 * whose outer process is killed while it starts. The parent does the same unless it was killed.
 */
function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // it has none
  }
}

/**
 * The request, if it is one. Throws ZodError. A run of this version is taken as it is: the parent's types have made it,
 * and the schemas would take a quarter of the start of every trial.
 */
async function checked(given: unknown): Promise<Request> {
  const told = given as Request | null;
  if (told?.type === "run" && told.protocol === PROTOCOL_VERSION) return told;
  const { Request } = await import("./format/request.ts");
  return Request.parse(given);
}

/** The first line of standard input. When the input ends later, the parent has gone and this process exits. */
function firstLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let found = false;
    process.stdin.on("data", (chunk: Buffer) => {
      if (found) return;
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end < 0) return;
      found = true;
      resolve(text.slice(0, end));
    });
    process.stdin.on("end", () => {
      if (found) {
        if (plugin !== undefined && isForeign(plugin)) process.on("exit", endGroup);
        process.exit(0);
      }
      reject(new SyntaxError("Cannot read the request: standard input ended before a whole line"));
    });
  });
}

try {
  await main();
} catch (error) {
  const thrown = error instanceof StageError ? error.cause : error;
  const inPlugin = plugin === undefined ? undefined : exceptionIn(plugin, thrown);
  // On one line: a compiler's message has several, and this one becomes a field of a record.
  const message = messageOf(error).replaceAll(/\s*\n\s*/g, " ").slice(0, 2000);
  const { stage, fault = inPlugin } = error instanceof StageError
    ? error
    : error instanceof ProgramError
    ? { stage: requestType === "describe" ? "import" : requestType, fault: error.fault }
    : error instanceof NoProgram
    ? { stage: "import", fault: { kind: "offers-none" as const, message } }
    : { stage: "start", fault: undefined };
  if (thrown instanceof TooLarge) {
    send({ type: "too-large", reason: { kind: "too-large", ...thrown.size } });
  } else send(fault ? { type: "fault", stage, fault } : { type: "failed", stage, message });
}
// The parent closes standard input after the last message, which ends this process.
