import type { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { closePipesAfterExit } from "../../base/end_child.ts";
import { messageOf } from "../../base/errors.ts";
import { known } from "../../base/known.ts";
import type { ProgramFault } from "../../format/fault.ts";
import { ProgramReply, type ProgramRequest } from "../../format/program_protocol.ts";
import { ProgramError } from "./program_error.ts";

/** A command line, and the variables that its environment gets besides those of this process. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

type Reply<T extends ProgramReply["type"]> = Extract<ProgramReply, { type: T }>;

/** The answer to each request. */
const ANSWERS = {
  describe: "described",
  open: "opened",
  load: "loaded",
  gradient: "gradient",
  save: "saved",
  arrange: "arranged",
  steps: "stepped",
  locate: "located",
  startProfile: "profiling",
  stopProfile: "profiled",
  usage: "usage",
} as const satisfies Record<ProgramRequest["type"], ProgramReply["type"]>;

/** How much of the end of standard error explains a failure. */
const KEPT_CHARACTERS = 2000;
/** A line longer than this is no answer. */
const MOST_CHARACTERS = 2 ** 20;
/** A program that is told to end has this time to do so, and its pipes have as long to close after it. */
const END_MS = 1000;

export interface Conversation {
  /** Sends a request and waits for its answer. Throws ProgramError. */
  ask<R extends ProgramRequest>(request: R): Promise<Reply<(typeof ANSWERS)[R["type"]]>>;
  /** Ends the program. */
  close(): Promise<void>;
}

/** Starts a program that speaks docs/PROTOCOL.md. What it writes to standard error goes to that of this process. */
export function startProgram({ command, args, environment }: Command): Conversation {
  let fault: ProgramFault | undefined;
  let waiting: { to: string; settle(reply: ProgramReply | ProgramError): void } | undefined;
  let rest = "";
  let errorText = "";
  const child = spawnChild();
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  closePipesAfterExit(child, END_MS);

  function spawnChild(): ChildProcess {
    return spawn(command, [...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
  }
  const settle = (reply: ProgramReply | ProgramError): void => {
    const asked = waiting;
    waiting = undefined;
    asked?.settle(reply);
  };
  const end = (why: ProgramFault): void => {
    fault ??= why;
    settle(new ProgramError(fault));
  };
  child.on("error", (error) => end({ kind: "no-program", command, message: messageOf(error) }));
  child.on("close", (code, signal) => {
    process.off("exit", kill);
    end({
      kind: "program-died",
      ...(signal === null ? { exitCode: code ?? 0 } : { signal }),
      ...known({ during: waiting?.to, message: lastWords(errorText) }),
    });
  });
  child.stdin!.on("error", () => {}); // a program that has gone is reported by "close"
  child.stderr!.on("data", (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    process.stderr.write(text);
    errorText = (errorText + text).slice(-KEPT_CHARACTERS);
  });
  child.stdout!.setEncoding("utf8");
  child.stdout!.on("data", (chunk: string) => {
    rest += chunk;
    const at = rest.indexOf("\n");
    if (at < 0 && rest.length < MOST_CHARACTERS) return;
    const line = rest.slice(0, at < 0 ? undefined : at);
    rest = at < 0 ? "" : rest.slice(at + 1);
    settle(readReply(line, waiting?.to));
  });

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) return reject(new ProgramError(fault));
        const to = request.type;
        waiting = {
          to,
          settle(reply) {
            if (reply instanceof ProgramError) reject(reply);
            else resolve(reply as never); // readReply checks that it answers the request
          },
        };
        child.stdin!.write(JSON.stringify(request) + "\n");
      }),
    async close() {
      child.stdin!.end();
      const timer = setTimeout(kill, END_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function readReply(line: string, to: ProgramRequest["type"] | string = "nothing") {
  const invalid = (message?: string) =>
    new ProgramError({
      kind: "invalid-reply",
      to,
      line: line.length > 120 ? line.slice(0, 120) + "…" : line,
      ...known({ message }),
    });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return invalid();
  }
  const parsed = ProgramReply.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return invalid(`${issue.path.join(".") || "type"}: ${issue.message}`);
  }
  const reply = parsed.data;
  if (reply.type === "failed") return new ProgramError(faultOf(reply));
  const expected = ANSWERS[to as ProgramRequest["type"]];
  return reply.type === expected ? reply : invalid(`expected "${expected}"`);
}

function faultOf(
  { message, file, line, source, missing, interpreter, offersNone }: Reply<"failed">,
): ProgramFault {
  if (offersNone) return { kind: "offers-none", message };
  return missing !== undefined && interpreter !== undefined
    ? { kind: "missing-package", package: missing, interpreter, ...known({ file }) }
    : { kind: "exception", ...known({ message: onOneLine(message), file, line, source }) };
}

/** Without colours, too: a message stands in a table. */
const onOneLine = (text: string): string =>
  // deno-lint-ignore no-control-regex -- colours of a terminal begin with ESC
  text.replace(/\x1b\[[\d;]*m/g, "").replace(/\s+/g, " ").trim();

/** How Python begins to say where native code crashed: with the innermost call. */
const CRASH = "Fatal Python error";

function lastWords(text: string): string | undefined {
  const crash = text.indexOf(CRASH);
  const lines = text.slice(Math.max(0, crash)).split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) return undefined;
  return (crash < 0 ? lines.slice(-4) : lines.slice(0, 5)).join(" / ");
}
